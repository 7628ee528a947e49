-- +goose Up

-- Visits of programmes, and days of offices on which somebody has booked. Dates are local, times minutes after midnight.
create table visits (
    id         bigint generated always as identity primary key,
    programme  text   not null, -- empty: a day of an office
    office     text   not null, -- empty: of a programme
    date       text   not null,
    area       text   not null,
    venue      text   not null,
    lat        double precision,
    lng        double precision,
    begins     int    not null,
    ends       int    not null,
    state      text   not null,
    reason     text   not null default '',
    moved_from text   not null default '',
    version    int    not null default 1,
    check ((programme = '') <> (office = ''))
);
create unique index visits_programme on visits (programme, date, area) where programme <> '' and state <> 'cancelled';
create unique index visits_office on visits (office, date) where office <> '';
create index visits_date on visits (date, id);

-- Who was asked to take part, what they said, and who was there.
create table visit_agencies (
    visit_id   bigint  not null references visits,
    agency     text    not null,
    n          int     not null,
    must       boolean not null,
    answer     text    not null default '',
    answered   timestamptz,
    by         bigint,
    people     int     not null default 0,
    came       timestamptz,
    checked_by bigint,
    primary key (visit_id, agency)
);

-- A counter is one service at one visit. Whoever gives or takes back a place of it, or stands in line for one, holds its row; several are locked by their ids.
create table counters (
    id       bigint generated always as identity primary key,
    visit_id bigint  not null references visits,
    service  text    not null,
    agency   text    not null,
    letter   text    not null,
    n        int     not null,
    closed   boolean not null default false,
    last     int     not null default 0, -- queue number given
    waiting  int     not null default 0, -- how many are on the waiting list
    unique (visit_id, service)
) with (fillfactor = 70);

-- The quota: there are never more places given than there are.
create table slots (
    id         bigint generated always as identity primary key,
    counter_id bigint  not null references counters,
    begins     int     not null,
    ends       int     not null,
    quota      int     not null,
    reserve    int     not null,
    blocked    int     not null default 0,
    taken      int     not null default 0,
    freed      boolean not null default false, -- what was left of the reserve is free for everybody
    unique (counter_id, begins),
    check (reserve >= 0 and blocked >= 0 and taken >= 0),
    constraint slots_quota check (taken + reserve + blocked <= quota)
) with (fillfactor = 50);

create sequence booking_numbers;

-- A booking's row is the sum of its events. Who it is for stands in booking_details and can be erased.
create table bookings (
    id           bigint primary key,
    seq          bigint      not null unique, -- in the order in which they were made: the waiting list's order
    visit_id     bigint      not null references visits,
    counter_id   bigint      not null references counters,
    slot_id      bigint references slots,
    service      text        not null,
    state        text        not null,
    beneficiary  text        not null,
    booker       bigint references persons,
    from_address bigint references addresses,
    first        boolean     not null,
    queue        int         not null,
    letter       text        not null,
    date         text        not null,
    begins       int         not null,
    ends         int         not null,
    until        timestamptz,
    made         timestamptz not null,
    changed      timestamptz not null,
    arrived      timestamptz,
    called       timestamptz,
    calls        int         not null,
    begun        timestamptz,
    ended        timestamptz,
    ready_on     text        not null, -- a document that follows
    block        text        not null,
    events       int         not null,
    who          bytea,       -- keyed: one person has one place for a service at a visit
    remind_day   timestamptz, -- when the reminders are due
    remind_hours timestamptz,
    soon         boolean     not null default false, -- was told that they are one of the next
    rated        boolean     not null default false
) with (fillfactor = 70);
create unique index bookings_who on bookings (counter_id, who) where who is not null and state not in ('cancelled', 'expired', 'passed', 'no_show');
create unique index bookings_queue on bookings (counter_id, queue) where queue > 0 and state not in ('cancelled', 'expired', 'passed', 'no_show');
create index bookings_waiting on bookings (counter_id, seq) where state = 'waiting';
create index bookings_until on bookings (until) where until is not null;
create index bookings_remind_day on bookings (remind_day) where remind_day is not null;
create index bookings_remind_hours on bookings (remind_hours) where remind_hours is not null;
create index bookings_booker on bookings (booker, id) where booker is not null;
create index bookings_visit on bookings (visit_id, id);

create table booking_details (
    booking_id bigint primary key references bookings,
    name       bytea, -- sealed
    nik        bytea, -- sealed
    note       bytea, -- sealed: what was missing, where it is fetched
    erased_at  timestamptz
) with (fillfactor = 70);
create index booking_details_kept on booking_details (booking_id) where erased_at is null;

-- What happened to bookings. Added to, never edited.
create table booking_events (
    id         bigint generated always as identity primary key,
    booking_id bigint      not null references bookings,
    kind       text        not null,
    at         timestamptz not null,
    by         bigint,
    key        text, -- what the page that did it calls the act: it happens once
    facts      jsonb       not null
);
create index booking_events_booking on booking_events (booking_id, id);
create unique index booking_events_key on booking_events (key) where key is not null;

-- Numbers set aside for a desk that may lose its connection: it gives them out by itself and tells of it later.
create table booking_blocks (
    id         bigint generated always as identity primary key,
    key        text        not null unique,
    slot_id    bigint      not null references slots,
    desk       text        not null,
    person_id  bigint      not null,
    queues     int[]       not null,
    seqs       bigint[]    not null,
    used       int[]       not null default '{}', -- queue numbers given out
    at         timestamptz not null,
    returned   timestamptz
);
create index booking_blocks_slot on booking_blocks (slot_id) where returned is null;

-- The survey of satisfaction. It says of what visit and service, on which day, and not whose answers they are.
create table skm_answers (
    id       bigint generated always as identity primary key,
    day      text       not null,
    visit_id bigint     not null references visits,
    service  text       not null,
    agency   text       not null,
    answers  smallint[] not null check (cardinality(answers) = 9)
);
create index skm_answers_day on skm_answers (day);
create index skm_answers_visit on skm_answers (visit_id);

-- +goose Down
drop table skm_answers, booking_blocks, booking_events, booking_details, bookings, slots, counters, visit_agencies, visits;
drop sequence booking_numbers;

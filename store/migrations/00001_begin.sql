-- +goose Up

-- What this database is for and which key opens it.
create table settings (
    name  text primary key,
    value text not null
);

-- Ids for cases, contents, media and assignments, taken in blocks so that a turn knows them before it writes.
create sequence ids increment by 512;

-- People. Who they are stands in person_details and can be erased; the fact that somebody was here stays.
create table persons (
    id        bigint generated always as identity primary key,
    language  text        not null default 'id',
    created   timestamptz not null,
    erased_at timestamptz
);

create table person_details (
    person_id  bigint primary key references persons,
    name       bytea, -- sealed
    phone      bytea, -- sealed
    phone_hash bytea  -- keyed, for look-up
);
create index person_details_phone on person_details (phone_hash) where phone_hash is not null;

create table addresses (
    id         bigint generated always as identity primary key,
    channel    text        not null,
    account    text        not null,
    peer       text        not null,
    person_id  bigint references persons,
    created    timestamptz not null,
    held_since timestamptz, -- the person blocked us: what is due waits
    unique (channel, account, peer)
);
create index addresses_person on addresses (person_id);

-- One row an address: where the conversation stands. ready_at (machine time) is set while something waits in the inbox.
create table conversations (
    address_id bigint primary key references addresses,
    state      json,
    begun      timestamptz, -- the first and the last message handled
    touched    timestamptz,
    ready_at   timestamptz
) with (fillfactor = 70);
create index conversations_ready on conversations (ready_at) where ready_at is not null;

-- What came in and is not yet handled. A handled row is deleted; deliveries remembers that it came.
create table inbox (
    id           bigint generated always as identity primary key,
    address_id   bigint references addresses,
    channel      text, -- of a row without an address
    account      text,
    delivery     text        not null,
    body         bytea       not null,
    received     timestamptz not null,
    attempts     int         not null default 0,
    set_aside_at timestamptz,
    error        text
);
create index inbox_head on inbox (address_id, id) where set_aside_at is null;
create index inbox_aside on inbox (set_aside_at) where set_aside_at is not null;

create table deliveries (
    address_id bigint not null,
    delivery   text   not null,
    received   date   not null,
    primary key (address_id, delivery)
);

-- What is to be said. body is the meaning, not the words; it is removed once said. Rows refer to addresses without a constraint: they are only
-- ever made from an address's own row, addresses are never deleted, and the check would have all who write to one officer share a lock on it.
create table outbox (
    id            bigint generated always as identity primary key,
    address_id    bigint      not null,
    account       text        not null, -- channel/account of the address
    verb          text        not null,
    lane          smallint    not null,
    body          json,
    due           timestamptz not null,
    expires       timestamptz,
    asked         boolean     not null,
    case_id       bigint,
    assignment_id bigint,
    slot          text,
    card          text,
    edits         text,
    answers       text,
    media         bigint[],
    shows         bigint[], -- contents whose media go along
    made          timestamptz not null,
    written       timestamptz not null default clock_timestamp(), -- machine time
    attempts      int         not null default 0,
    again         timestamptz, -- machine time of the next try
    state         text        not null default 'due' check (state in ('due', 'held', 'sent', 'aside')), -- held: the person blocked us
    reason        text,
    detail        text,
    ref           text,
    sent_at       timestamptz
);
create index outbox_due on outbox (account, lane, id) where state = 'due';
create index outbox_later on outbox (account, due) where state = 'due' and due > made;
create index outbox_head on outbox (address_id) where state = 'due';
create index outbox_ref on outbox (address_id, ref) where ref is not null and case_id is not null;
create index outbox_card on outbox (address_id, card) where card is not null;

-- The running number of each local day.
create table case_days (
    day  text primary key,
    last int not null
);

-- A case's row is the sum of its events.
create table cases (
    id           bigint primary key,
    day          text        not null,
    seq          int         not null,
    kind         text        not null,
    category     text        not null,
    privacy      text        not null,
    urgent       boolean     not null,
    source       text        not null,
    reporter     bigint references persons,
    from_address bigint references addresses,
    area         text        not null,
    about        text        not null,
    status       text        not null,
    outcome      text        not null,
    date         text        not null,
    ask_due      timestamptz,
    filed        timestamptz not null,
    due          timestamptz,
    changed      timestamptz not null,
    ended_at     timestamptz,
    rating       int         not null,
    reopened     int         not null,
    events       int         not null,
    story        bigint,
    wake         timestamptz, -- the next moment the clock has something to do
    unique (day, seq)
);
create index cases_reporter on cases (reporter, id desc) where reporter is not null;
create index cases_status on cases (status, id) where status in ('filed', 'triage');
create index cases_wake on cases (wake) where wake is not null;

create table events (
    id            bigint generated always as identity primary key,
    case_id       bigint      not null references cases,
    kind          text        not null,
    at            timestamptz not null,
    by            bigint,
    assignment_id bigint,
    content_id    bigint,
    facts         jsonb       not null
);
create index events_case on events (case_id, id);

-- What people said. Erasing empties the row and leaves it.
create table contents (
    id        bigint primary key,
    case_id   bigint      not null references cases,
    author    bigint,
    text      text,
    lat       double precision,
    lng       double precision,
    at        timestamptz not null,
    erased_at timestamptz
);
create index contents_case on contents (case_id);
create index contents_author on contents (author);

create table assignments (
    id      bigint primary key,
    case_id bigint      not null references cases,
    n       int         not null, -- its place among the case's
    unit    text        not null,
    part    text        not null,
    state   text        not null,
    officer bigint references persons,
    level   int         not null,
    due     timestamptz,
    since   timestamptz not null,
    acked   boolean     not null,
    handle  int -- the officer's short name for it
);
create index assignments_case on assignments (case_id, n);
create index assignments_waiting on assignments (unit, due) where state = 'waiting';
create index assignments_officer on assignments (officer) where state = 'taken';
create unique index assignments_handle on assignments (officer, handle) where state = 'taken' and handle is not null;

-- Changes of assignments of which Redis has not yet been told. A row a change, apart from the assignment's own, so that no turn waits for Redis.
create table relistings (
    id            bigint generated always as identity primary key,
    assignment_id bigint not null references assignments
);
create index relistings_assignment on relistings (assignment_id);

-- When a waiting assignment is next to be offered to whom.
create table offerings (
    assignment_id bigint primary key references assignments,
    round         int         not null,
    offered_at    timestamptz,            -- in this round
    next          timestamptz,            -- null: not by itself
    urgent        boolean     not null
);
create index offerings_next on offerings (next) where next is not null;

create table offers (
    assignment_id bigint      not null references assignments,
    person_id     bigint      not null, -- without a constraint, as in outbox
    round         int         not null,
    at            timestamptz not null,
    primary key (assignment_id, person_id, round)
);

create table roles (
    id        bigint generated always as identity primary key,
    person_id bigint      not null references persons,
    name      text        not null,
    unit      text        not null,
    starts    timestamptz not null,
    ends      timestamptz,
    on_duty   boolean     not null default false
);
create index roles_person on roles (person_id);
create index roles_unit on roles (unit, name);

create table invites (
    code_hash bytea primary key, -- keyed
    role      text        not null,
    unit      text        not null,
    name      bytea, -- sealed
    created   timestamptz not null,
    expires   timestamptz not null,
    used_at   timestamptz,
    used_by   bigint references persons
);

create table code_tries (
    person_id bigint      not null references persons,
    at        timestamptz not null
);
create index code_tries_person on code_tries (person_id, at);

-- A photo, voice note or file. ref is the network's handle until it is fetched.
create table media (
    id         bigint primary key,
    person_id  bigint,              -- who sent it
    content_id bigint,
    case_id    bigint,
    kind       text        not null,
    channel    text        not null,
    account    text        not null,
    ref        text,
    mime       text        not null,
    name       bytea, -- sealed
    size       bigint      not null,
    state      text        not null default 'pending' check (state in ('pending', 'stored', 'refused', 'lost', 'erased')),
    reason     text,
    original   bytea, -- blob
    clean      bytea, -- blob without what a camera writes into a picture
    made       timestamptz not null
);
create index media_content on media (content_id);
create index media_person on media (person_id);
create index media_pending on media (id) where state = 'pending';

-- Bytes by keyed content hash, sealed in chunks.
create table blobs (
    hash bytea primary key,
    size bigint not null,
    mime text   not null
);
create table blob_chunks (
    hash bytea not null references blobs on delete cascade,
    n    int   not null,
    data bytea not null,
    primary key (hash, n)
);

create table erasures (
    id           bigint generated always as identity primary key,
    person_id    bigint      not null references persons,
    from_address bigint references addresses,
    at           timestamptz not null,
    due          timestamptz not null,
    decided      timestamptz,
    by           bigint,
    refused      text not null default ''
);
create unique index erasures_open on erasures (person_id) where decided is null;

-- Who may poll an account. Machine time.
create table leases (
    name   text primary key,
    holder text        not null,
    until  timestamptz not null
);

-- +goose Down
drop table leases, erasures, blob_chunks, blobs, media, code_tries, invites, roles, offers, offerings, relistings, assignments, contents, events, cases, case_days,
    outbox, deliveries, inbox, conversations, addresses, person_details, persons, settings;
drop sequence ids;

-- +goose Up

-- The choices of what was said, kept when its words are removed: a number or a label that is typed later means one of them.
alter table outbox add menu json;
create index outbox_menu on outbox (address_id, id desc) where menu is not null;

-- For its address alone: a warning that somebody was joined must not go to whoever was.
alter table outbox add here boolean not null default false;

-- What became of it at the network after it was taken, where the network tells.
alter table outbox add delivered_at timestamptz, add read_at timestamptz;

-- What waits for somebody to write again is found by its case; what was said unasked is counted, for numbers that may not say much of it.
create index outbox_held on outbox (case_id) where state = 'held';
create index outbox_unasked on outbox (account, sent_at) where state = 'sent' and not asked and lane > 0 and left(account, 8) = 'whatsapp';

-- One person may have several addresses. The joining is a pointer that can be taken back: joined is whom this person turned out to be, home whom
-- an address came with.
alter table persons add joined bigint references persons;
create index persons_joined on persons (joined) where joined is not null;
alter table addresses add home bigint references persons; -- null: the person it points at
-- All who are one person with p, p among them.
-- +goose StatementBegin
create function same_person(p bigint) returns setof bigint language sql stable as $$
    select coalesce(o.joined, o.id) from persons o where o.id = p
    union all
    select j.id from persons o join persons j on j.joined = coalesce(o.joined, o.id) where o.id = p
$$;
-- +goose StatementEnd

-- When a network last vouched that the telephone number is the person's; null: only they said so.
alter table person_details add vouched_at timestamptz;

-- A code shown at one address and typed at another proves that one person has both.
create table join_codes (
    code_hash  bytea primary key, -- keyed
    person_id  bigint      not null references persons,
    address_id bigint      not null references addresses,
    expires    timestamptz not null,
    used_at    timestamptz,
    for_address bigint references addresses -- nobody types it: a question put to this address, whose answer it is
);
create index join_codes_person on join_codes (person_id);
-- Every joining: who came, and with whom they were joined. Whoever came lately may part nobody but themselves.
create table joins (
    id        bigint generated always as identity primary key,
    at        timestamptz not null,
    newcomers bigint[]    not null,
    others    bigint[]    not null
);
create index joins_newcomers on joins using gin (newcomers);

-- A chat of many that belongs to a unit: it gets the unit's cards. One that left keeps its row.
create table groups (
    address_id bigint primary key references addresses,
    unit       text        not null,
    by         bigint references persons,
    since      timestamptz not null,
    until      timestamptz
);
create index groups_unit on groups (unit) where until is null;
alter table invites add by bigint references persons; -- the head who asked for a group's code

-- Our own numbers at WhatsApp that are linked as a device of a telephone. The device's keys stand in the tables of the library.
create table whatsapp_numbers (
    name         text primary key,
    use          text        not null, -- citizens, officers, a programme
    jid          text unique,          -- the device; null until it is paired
    made         timestamptz not null,
    paired_at    timestamptz,
    telephone_at timestamptz, -- when the telephone itself was last seen online
    trouble      text         -- why it cannot be used; null: it can
);

-- +goose Down
drop table whatsapp_numbers, groups, joins, join_codes;
drop function same_person;
alter table invites drop by;
alter table person_details drop vouched_at;
alter table addresses drop home;
alter table persons drop joined;
drop index outbox_held, outbox_unasked;
alter table outbox drop here, drop menu, drop delivered_at, drop read_at;

-- +goose Up

-- Calls to the 112 line. A row is the fact that somebody called, when, and what it was; it is written while the caller speaks. Who it was and what was
-- said stands in call_contents and can be erased.
create table calls (
    id        bigint primary key,
    key       text        not null unique, -- what the page that began it calls it
    exchange  text unique,                 -- the telephone exchange's name for it
    line      text        not null,        -- the number that was called
    operator  bigint references persons,   -- who began the record; null: it only rings
    holder    bigint references persons,   -- who has it now
    caller    bigint references persons,   -- who the number was known to be when the record was closed
    agrees    boolean     not null,
    rang      timestamptz,
    answered  timestamptz,
    ended     timestamptz,
    paper     boolean     not null,
    blocked   boolean     not null,        -- the number was blocked, and it came through
    class     text        not null,
    incident  text        not null,
    category  text        not null,
    privacy   text        not null,
    area      text        not null,
    victims   int,
    units     text[],                      -- who is to be sent, where the operator chose
    chosen    boolean     not null,
    case_id   bigint references cases deferrable initially deferred,
    opened    timestamptz not null,        -- the record
    closed    timestamptz,
    at        timestamptz not null,        -- when the call truly was: noted on paper, that is before it was opened
    version   int         not null,
    stamps    jsonb       not null         -- field → version and writer of its last change
) with (fillfactor = 70);
create index calls_at on calls (at, id);
create index calls_open on calls (opened, id) where closed is null;
create index calls_case on calls (case_id) where case_id is not null;
create index calls_caller on calls (caller) where caller is not null;

create table call_contents (
    call_id     bigint primary key references calls,
    number      bytea, -- sealed
    number_hash bytea, -- keyed, for look-up
    text        text,
    landmark    text,
    answers     jsonb,
    lat         double precision,
    lng         double precision,
    erased_at   timestamptz
) with (fillfactor = 70);
create index call_contents_number on call_contents (number_hash) where number_hash is not null;

-- What was remarked about a call by those at the line.
create table call_notes (
    id        bigint generated always as identity primary key,
    call_id   bigint      not null references calls,
    at        timestamptz not null,
    by        bigint,
    text      text,
    erased_at timestamptz
);
create index call_notes_call on call_notes (call_id, id);

-- What happened to the record of a call. Added to, never edited.
create table call_steps (
    id      bigint generated always as identity primary key,
    call_id bigint      not null references calls,
    at      timestamptz not null,
    by      bigint, -- null: the exchange, or the service
    step    text        not null,
    word    text        not null default ''
);
create index call_steps_call on call_steps (call_id, id);

-- Numbers that play with the line: proposed by counting, in force once a supervisor confirmed it.
create table call_blocks (
    id          bigint generated always as identity primary key,
    number      bytea, -- sealed
    number_hash bytea, -- keyed
    pranks      int         not null,
    proposed    timestamptz not null,
    confirmed   timestamptz,
    until       timestamptz,
    by          bigint,
    undone      timestamptz,
    undone_by   bigint
);
create index call_blocks_number on call_blocks (number_hash, id);
create index call_blocks_open on call_blocks (id) where undone is null;

-- +goose Down
drop table call_blocks, call_steps, call_notes, call_contents, calls;

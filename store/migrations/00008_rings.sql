-- +goose Up

-- Emergencies from chats, which ring at the operators of the line before the responders are called. A row stays: whoever looks later sees how it went.
create table rings (
    case_id bigint primary key references cases deferrable initially deferred,
    at      timestamptz not null,
    until   timestamptz not null,            -- nobody decided by then: it goes to the responders by itself
    decided timestamptz,
    by      bigint references persons,       -- who decided; null: nobody did
    verdict text        not null default '', -- sent, none, passed
    seen    bigint[]    not null default '{}' -- who has looked, so that the record of access tells of each once
);
create index rings_open on rings (until) where decided is null;
create index rings_at on rings (at desc);

-- +goose Down
drop table rings;

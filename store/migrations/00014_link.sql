-- +goose Up

-- One-time links to the console that the bot gave to somebody who works for the service. Service time.
create table console_links (
    code_hash bytea primary key, -- keyed; the code itself is kept nowhere
    person_id bigint      not null references persons,
    made      timestamptz not null,
    expires   timestamptz not null,
    used      timestamptz
);
create index console_links_person on console_links (person_id, made);

-- +goose Down
drop table console_links;

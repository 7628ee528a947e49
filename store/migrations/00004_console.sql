-- +goose Up

-- Who may sign in to the console: a person with a login. What they may see follows from their roles, as everywhere.
create table users (
    person_id    bigint primary key references persons,
    login        text        not null unique, -- lower case
    password     text,                        -- argon2id with its parameters; null: none was chosen yet
    totp         bytea,                       -- sealed: the second step's secret, once it was typed right
    totp_new     bytea,                       -- sealed: one that is shown and was not typed yet
    totp_step    bigint      not null default 0, -- the last one used: no number counts twice
    recovery     bytea[]     not null default '{}', -- keyed hashes of what can be typed instead, each once
    email_hash   bytea unique,                -- keyed, for an issuer of identities that vouches for it
    subject      text unique,                 -- whom the issuer calls so, since the first time
    code_hash    bytea unique,                -- keyed: a one-time link
    code_expires timestamptz,
    created      timestamptz not null,
    seen         timestamptz,                 -- the last time they signed in
    disabled     timestamptz
);

-- A browser that somebody is signed in with. Service time.
create table sessions (
    token_hash bytea primary key,
    person_id  bigint      not null references users,
    stage      text        not null check (stage in ('second', 'setup', 'in')),
    begun      timestamptz not null,
    seen       timestamptz not null,
    flash      json -- what the next page says first
);
create index sessions_person on sessions (person_id);

-- Who tried to sign in and did not. account is a keyed hash: it may name nobody.
create table login_tries (
    account bytea       not null,
    address text        not null,
    at      timestamptz not null
);
create index login_tries_account on login_tries (account, at);
create index login_tries_address on login_tries (address, at);

-- Who looked at whose data, took what out, let whom in. Never changed, and pruned by age alone.
create table audit (
    id        bigint generated always as identity primary key,
    at        timestamptz not null,
    by        bigint,                 -- a person; null: nobody who was known, or a command
    act       text        not null,
    case_id   bigint,
    person_id bigint,                 -- whose data
    detail    text        not null default '' -- facts, never what people said or who they are
);
create index audit_at on audit (at, id);
create index audit_by on audit (by, id) where by is not null;
create index audit_case on audit (case_id, id) where case_id is not null;
create index audit_person on audit (person_id, id) where person_id is not null;

-- What else changed that a page may show, beside the events of cases. Pruned after a day: by then it was told.
create table signals (
    id    bigint generated always as identity primary key,
    topic text        not null,
    ref   bigint      not null,
    at    timestamptz not null
);

-- +goose Down
drop table signals, audit, login_tries, sessions, users;

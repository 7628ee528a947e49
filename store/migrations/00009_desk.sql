-- +goose Up

-- Tickets of the walk-in desk. A row is the fact that somebody was there, when, who wrote it down, which kind of document was seen (never its number), and the
-- case it became; it is written while they speak. Who it was and what was said stands in ticket_contents and can be erased.
create table tickets (
    id        bigint primary key,
    key       text        not null unique, -- what the page that began it calls it
    writer    bigint      not null references persons,
    behalf    boolean     not null,        -- somebody else stood there
    consent   boolean     not null,        -- … and whose matter it is wants it told
    document  text        not null,
    agrees    boolean     not null,
    kind      text        not null,
    category  text        not null,
    privacy   text        not null,
    urgent    text        not null,
    area      text        not null,
    case_id   bigint references cases deferrable initially deferred,
    opened    timestamptz not null,
    filed     timestamptz,
    withdrawn timestamptz,
    version   int         not null,
    stamps    jsonb       not null,        -- field → version and writer of its last change
    touched   timestamptz not null default clock_timestamp() -- machine time: what was never filed is not kept for ever
) with (fillfactor = 70);
create index tickets_filed on tickets (filed, id) where filed is not null;
create index tickets_open on tickets (writer, opened, id) where filed is null;
create unique index tickets_case on tickets (case_id) where case_id is not null;

create table ticket_contents (
    ticket_id   bigint primary key references tickets on delete cascade,
    name        bytea, -- sealed: whose matter it is
    bearer      bytea, -- sealed: who stood there for them
    number      bytea, -- sealed
    number_hash bytea, -- keyed, for look-up
    text        text,
    landmark    text,
    lat         double precision,
    lng         double precision,
    erased_at   timestamptz
) with (fillfactor = 70);
create index ticket_contents_number on ticket_contents (number_hash) where number_hash is not null;

create table ticket_photos (
    ticket_id bigint      not null references tickets on delete cascade,
    name      text        not null, -- what the page calls it
    media_id  bigint      not null references media on delete cascade,
    primary key (ticket_id, name)
);
create index ticket_photos_media on ticket_photos (media_id);

-- +goose Down
drop table ticket_photos, ticket_contents, tickets;

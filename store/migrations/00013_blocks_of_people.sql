-- +goose Up

-- Who may file no ordinary report in chat for a time, and who ended it before its time. Made through a case: who may know whom it is about follows from that.
create table person_blocks (
    id        bigint generated always as identity primary key,
    person_id bigint      not null references persons,
    case_id   bigint      not null references cases,
    reason    text        not null,
    words     text, -- what the coordinator wrote to the person; goes with an erasure
    began     timestamptz not null,
    until     timestamptz not null,
    by        bigint      not null,
    lifted    timestamptz,
    lifted_by bigint,
    lifted_as text        not null default ''
);
create index person_blocks_person on person_blocks (person_id, until) where lifted is null;
create index person_blocks_until on person_blocks (until);

-- What they wrote meanwhile, which became no report. It goes with an erasure, and a month after the block is over.
create table person_block_said (
    id        bigint generated always as identity primary key,
    block_id  bigint      not null references person_blocks,
    person_id bigint      not null references persons,
    at        timestamptz not null,
    text      text        not null,
    lat       double precision,
    lng       double precision,
    media     bigint[]    not null
);
create index person_block_said_block on person_block_said (block_id, id);
create index person_block_said_person on person_block_said (person_id, id);

-- +goose Down
drop table person_block_said, person_blocks;

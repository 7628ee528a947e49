-- +goose Up

-- Who sits at which desk of the 112 line, and when. Only the end of a row is ever written later.
create table shifts (
    id        bigint generated always as identity primary key,
    person_id bigint      not null references persons,
    desk      text        not null,
    began     timestamptz not null,
    ended     timestamptz,
    ended_by  bigint -- who took the desk over, or the person
);
create unique index shifts_desk on shifts (desk) where ended is null;
create unique index shifts_person on shifts (person_id) where ended is null;
create index shifts_ended on shifts (ended);

-- What one shift leaves to the next. The words go after a month.
create table shift_notes (
    id       bigint generated always as identity primary key,
    at       timestamptz not null,
    by       bigint      not null,
    desk     text        not null,
    text     text,
    taken    timestamptz,
    taken_by bigint
);
create index shift_notes_at on shift_notes (at);
create index shift_notes_open on shift_notes (id) where taken is null;

-- States of alert, declared for some kecamatan by decree. What was done about one stands in siaga_steps, which is added to and never edited.
create table siagas (
    id        bigint generated always as identity primary key,
    decree    text        not null,
    category  text        not null,
    kecamatan text[]      not null,
    text      text        not null, -- what people there are told
    units     text[]      not null, -- whose clocks stand still
    unit      text        not null, -- that volunteers join; empty: none
    by        bigint      not null,
    began     timestamptz not null,
    until     timestamptz not null,
    ended     timestamptz,
    ended_by  bigint,
    summary   text        not null default ''
);
create index siagas_open on siagas (id) where ended is null;

create table siaga_steps (
    id       bigint generated always as identity primary key,
    siaga_id bigint      not null references siagas,
    at       timestamptz not null,
    by       bigint      not null,
    act      text        not null,
    word     text        not null default '',
    text     text        not null default ''
);
create index siaga_steps_siaga on siaga_steps (siaga_id, id);

-- The cases of a siaga, with what the three questions brought.
create table siaga_cases (
    case_id  bigint primary key references cases deferrable initially deferred,
    siaga_id bigint not null references siagas,
    people   int    not null,
    need     text   not null
);
create index siaga_cases_siaga on siaga_cases (siaga_id);

-- Codes given to volunteers: their role ends with the siaga.
create table siaga_volunteers (
    code_hash bytea primary key references invites on delete cascade,
    siaga_id  bigint not null references siagas
);

-- Due times as they were, and as a siaga made them: when it ends sooner or later than planned they are counted anew.
create table siaga_pauses (
    siaga_id      bigint not null references siagas,
    case_id       bigint not null references cases,
    assignment_id bigint not null, -- 0: what the reporter was promised
    since         timestamptz not null, -- from when on it stood still
    was           timestamptz not null,
    due           timestamptz not null,
    primary key (siaga_id, case_id, assignment_id)
);

-- +goose Down
drop table siaga_pauses, siaga_volunteers, siaga_cases, siaga_steps, siagas, shift_notes, shifts;

-- +goose Up

-- The figures that anybody may read, as they were made on a day: see hotline.PublicFigures.
create table public_figures (
    day  text primary key, -- YYYY-MM-DD, local
    made timestamptz not null,
    body json        not null
);

-- A case that was merged into another: nobody works it any more by itself, and its reporter hears what happens to that one.
alter table cases add parent bigint references cases check (parent <> id), add children int not null default 0;
create index cases_parent on cases (parent) where parent is not null;

-- +goose Down
drop index cases_parent;
alter table cases drop parent, drop children;
drop table public_figures;

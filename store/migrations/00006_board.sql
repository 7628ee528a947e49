-- +goose Up

-- What was said, in the words that searching compares (see hotline.Words). It goes with the text: whoever erases the one has erased the other.
alter table contents add words tsvector;
update contents set words = to_tsvector('simple', text) where text is not null;
create index contents_words on contents using gin (words);
-- +goose StatementBegin
create function forget_words() returns trigger language plpgsql as $$
begin
    new.words := null;
    return new;
end $$;
-- +goose StatementEnd
create trigger contents_forget before update of text on contents for each row when (new.text is null) execute function forget_words();

-- Lists: what was filed when, what is open, what a unit has, what is late, who spoke.
create index cases_filed on cases (filed desc, id desc);
create index cases_open on cases (status, filed, id) where status not in ('ended', 'closed', 'withdrawn', 'archived');
create index assignments_on on assignments (unit, due) where state in ('waiting', 'taken');
create index assignments_due on assignments (due) where state in ('waiting', 'taken');
create index media_voice on media (case_id) where kind = 'voice' and content_id is not null;

-- +goose Down
drop index media_voice, assignments_due, assignments_on, cases_open, cases_filed, contents_words;
drop trigger contents_forget on contents;
drop function forget_words;
alter table contents drop words;

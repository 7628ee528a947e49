-- +goose Up

-- Said by whoever writes about a case that another unit of work has changed since it was read (see claimCases): the unit is run again.
-- +goose StatementBegin
create function another_was_quicker() returns void language plpgsql as $$
begin
    raise exception 'another unit of work was quicker' using errcode = 'serialization_failure';
end $$;
-- +goose StatementEnd

-- Where the network says that whoever wrote from here now writes, so that told twice is told once.
alter table addresses add moved_to bigint references addresses;

-- How often these bytes were saved. Whoever deletes what nothing refers to lets alone what was saved again meanwhile.
alter table blobs add saved int not null default 0;

-- The reader works here or is a unit's group: not counted in what an account may say unasked in a day.
alter table outbox add office boolean not null default false;

-- The first thing due of each address is found without sorting what stands behind it.
drop index outbox_head;
create index outbox_head on outbox (address_id, lane, id) where state = 'due';

-- +goose Down
drop index outbox_head;
create index outbox_head on outbox (address_id) where state = 'due';
alter table outbox drop office;
alter table blobs drop saved;
alter table addresses drop moved_to;
drop function another_was_quicker;

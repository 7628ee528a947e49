-- +goose Up

-- A new case takes the day's number under a lock that everybody who files shares, and holds it to the commit. So its row is written last, after what
-- refers to it, and Postgres looks at the references at the commit.
alter table contents alter constraint contents_case_id_fkey deferrable initially deferred;
alter table events alter constraint events_case_id_fkey deferrable initially deferred;
alter table assignments alter constraint assignments_case_id_fkey deferrable initially deferred;

-- What stands unsent in a slot is found by it: not among all that is due, nor among all that is due to a person of whom much is heard at once.
create index outbox_slot on outbox (address_id, slot) where state = 'due' and slot is not null;

-- +goose Down
drop index outbox_slot;
alter table contents alter constraint contents_case_id_fkey not deferrable;
alter table events alter constraint events_case_id_fkey not deferrable;
alter table assignments alter constraint assignments_case_id_fkey not deferrable;

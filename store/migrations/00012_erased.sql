-- +goose Up

-- Who was erased by which decision: asked every minute for the record of erasures outside of the database.
create index persons_erased on persons (erased_at) where erased_at is not null;

-- +goose Down
drop index persons_erased;

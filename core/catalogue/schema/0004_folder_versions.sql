-- What the folder's storage told it by before its captures were merged, where it was asked to and that
-- stands for them: equal as long as none has come, gone or been renamed. Null: only looking at them
-- tells whether they have changed.
ALTER TABLE folder ADD COLUMN version INTEGER;

"""What Alembic runs: the migrations, on the connection and in the transaction that `store.migrate` gives."""

from alembic import context

from newsspider.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,  # on SQLite too, because the store says BEGIN itself
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()

"""Pictures of the product for `docs/pictures.md`."""

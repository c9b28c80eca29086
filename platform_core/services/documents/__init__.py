"""Documents of apps without a database: parsing, checking, comparing, migrating, testing, packing."""

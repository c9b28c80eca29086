"""The store that comes with the platform: Parquet segments behind a manifest, in one folder."""

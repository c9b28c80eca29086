"""One source, many artefacts: JSON Schemas, TypeScript types and reference pages from the models."""

"""The nouns of Interlock, one file each: the source of schemas, types, forms and docs."""

// the linter only looks whether there is one

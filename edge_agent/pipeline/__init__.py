"""From one device read to the columns of a batch: scaling, sequences, time, report by exception."""

"""Tags as rows of a spreadsheet: CSV and XLSX files to and from the settings of tags."""

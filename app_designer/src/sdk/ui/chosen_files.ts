/** What was chosen in a file field; the same file may be chosen again after it was mended. */
export function chosenFiles(field: HTMLInputElement): File[] {
  const files = [...(field.files ?? [])];
  field.value = "";
  return files;
}

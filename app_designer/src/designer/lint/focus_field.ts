const TRIES = 20;
const WAIT_MS = 50;

/** The names under which the inspector has the field of a member of an element, the nearest first. */
export function fieldNames(member: string): string[] {
  const [kind, ...path] = member.split("/");
  if (kind === "bind") {
    const pointer = member.slice("bind/".length);
    return [pointer, pointer.replace(/\/[^/]*$/, "")].filter((name) => name !== "");
  }
  if (kind === "events") return path[0] ? [`events/${path[0]}`] : [];
  return kind === "props" && path[0] ? [`/${path[0]}`] : [];
}

function fieldOf(names: readonly string[]): HTMLElement | null {
  const fields = [...document.querySelectorAll<HTMLElement>("[data-field]")];
  for (const name of names) {
    const field = fields.find((one) => one.dataset.field === name);
    if (field) return field;
  }
  return null;
}

/** Opens the sections of the inspector that are closed; whether there were any. */
function revealed(): boolean {
  const closed = document.querySelectorAll<HTMLElement>('[data-reveals="fields"][aria-expanded="false"]');
  for (const button of closed) button.click();
  return closed.length > 0;
}

/** Puts the cursor into the inspector's field of a member once it is drawn, opening the section it is in. */
export function focusField(member: string, tries = TRIES): void {
  const names = fieldNames(member);
  if (names.length === 0) return;
  const again = () => setTimeout(() => focusField(member, tries - 1), WAIT_MS);
  const field = fieldOf(names);
  if (field) {
    field.scrollIntoView({ block: "center" });
    const editor = field.querySelector<HTMLElement>("input, select, textarea");
    (editor ?? field.querySelector<HTMLElement>("button") ?? field).focus();
    return;
  }
  if (tries <= 0) return;
  // The inspector itself is drawn late; only then is a field that is not there behind something closed.
  if (tries < TRIES - 1) revealed();
  again();
}

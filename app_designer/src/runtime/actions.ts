/** A step of an event. Unknown actions do nothing, so that documents of a later version still show. */
export interface NavigateAction {
  action: "navigate";
  page: string;
  params?: Record<string, string>;
}

function isNavigate(step: unknown): step is NavigateAction {
  if (typeof step !== "object" || step === null) return false;
  const { action, page } = step as Record<string, unknown>;
  return action === "navigate" && typeof page === "string";
}

/** The navigation an event asks for, if it asks for one. Documents give one step or a list. */
export function navigationOf(steps: unknown): NavigateAction | null {
  const list = Array.isArray(steps) ? steps : [steps];
  return list.find(isNavigate) ?? null;
}

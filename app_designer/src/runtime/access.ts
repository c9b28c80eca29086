import type { Access } from "../generated/documents.gen";
import type { Role, User } from "./scope";

const RANK: Record<Role, number> = { viewer: 0, operator: 1, builder: 2, admin: 3 };

function reaches(user: Pick<User, "role">, least: string | null | undefined): boolean {
  if (!least) return true;
  // A role this version does not know is above all it knows.
  return RANK[user.role] >= (RANK[least as Role] ?? Number.POSITIVE_INFINITY);
}

/** Whether this person sees it. The server does not send what may not be seen; this holds in previews too. */
export function maySee(access: Access | null | undefined, user: Pick<User, "role">): boolean {
  return reaches(user, access?.see);
}

/** Whether this person may write tags at all; the server refuses others whatever an element allows. */
export function mayWrite(user: Pick<User, "role">): boolean {
  return reaches(user, "operator");
}

/** Whether this person may press it, type and write. */
export function mayUse(access: Access | null | undefined, user: Pick<User, "role">): boolean {
  return reaches(user, access?.use);
}

import type { ApiClient } from "./client";

/** An agent that was let in, or (`enrolled_ts` null) one whose token still waits. Times are µs UTC. */
export interface EdgeAccess {
  edge: string;
  site: string;
  author: string;
  enrolled_ts: number | null;
  enrolled_from: string;
  revoked_ts: number | null;
  token_expires_ts: number | null;
}

/** A token as it was made: shown once. */
export interface EnrolmentToken {
  token: string;
  edge: string;
  site: string;
  expires_ts: number;
}

/** What is a name of an edge. */
export const EDGE_NAME = /^[a-z0-9][a-z0-9_-]{0,39}$/;

/** Bringing agents in, and letting them go; see docs/how-to/bring-an-agent.md. */
export class EdgesApi {
  constructor(private readonly api: ApiClient) {}

  access = () => this.api.request<EdgeAccess[]>("GET", "/edges/access");
  token = (edge: string) => this.api.request<EnrolmentToken>("POST", "/edges/tokens", { edge });
  revoke = (edge: string) => this.api.request<void>("DELETE", `/edges/${edge}/access`);
}

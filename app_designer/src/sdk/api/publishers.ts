import type { ApiClient } from "./client";

/** Something here that a key signed: a block with its version, or an app with the number of its release. */
export interface Signed {
  id: string;
  version: string;
}

/** Somebody whose packages are trusted. */
export interface Publisher {
  /** SHA-256 of the public key, in hex. */
  key_id: string;
  name: string;
  note: string;
  public_key: string;
  ts: number;
  author: string;
  blocks: Signed[];
  apps: Signed[];
  /** Apps whose draft was taken from a package it signed. */
  drafts: string[];
}

/** A key that was looked at; nothing was written. */
export interface PublicKey {
  key_id: string;
  public_key: string;
  /** Under which name it is trusted already; empty: it is not. */
  publisher: string;
}

/** What the platform reads of a key at most, characters. */
export const KEY_TEXT_MAX = 2000;
export const NAME_MAX = 120;
export const NOTE_MAX = 500;

/** Trusted publishers; see docs/reference/packages.md. */
export class PublishersApi {
  constructor(private readonly api: ApiClient) {}

  list = () => this.api.request<Publisher[]>("GET", "/publishers");
  inspect = (publicKey: string) =>
    this.api.request<PublicKey>("POST", "/publishers/inspect", { public_key: publicKey });
  trust = (name: string, publicKey: string, note: string) =>
    this.api.request<Publisher>("POST", "/publishers", { name, public_key: publicKey, note });
  distrust = (keyId: string) => this.api.request<void>("DELETE", `/publishers/${keyId}`);
}

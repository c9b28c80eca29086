/** What the meaning of a state looks like: a fill, a text colour on it, and a shape so that colour is never alone. */
export interface StateTone {
  fill: string;
  text: string;
  shape: "disc" | "ring" | "square" | "triangle" | "diamond" | "dash";
}

const NEUTRAL: StateTone = { fill: "--state-neutral", text: "--state-neutral-text", shape: "diamond" };

const TONES: Record<string, StateTone> = {
  running: { fill: "--state-running", text: "--state-running-text", shape: "disc" },
  idle: { fill: "--state-idle", text: "--state-idle-text", shape: "ring" },
  attention: { fill: "--state-stopped", text: "--state-stopped-text", shape: "triangle" },
  stopped: { fill: "--state-stopped", text: "--state-stopped-text", shape: "square" },
  fault: { fill: "--state-fault", text: "--state-fault-text", shape: "triangle" },
  setup: { fill: "--state-setup", text: "--state-setup-text", shape: "diamond" },
  off: { fill: "--state-off", text: "--state-off-text", shape: "dash" },
};

/** The tone of a meaning given in a tag's `colors`; an unknown or missing one is neutral. */
export function stateVariable(meaning: string | null | undefined): StateTone {
  return TONES[meaning ?? ""] ?? NEUTRAL;
}

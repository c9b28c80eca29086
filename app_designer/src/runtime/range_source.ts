import { useRange } from "@sdk";
import type { RangeChoice } from "@sdk/range";
import { useEffect, useState } from "react";
import type { RangeSource } from "./scope";

/** A range that can be set and listened to. */
export class RangeHolder implements RangeSource {
  private choice: RangeChoice;
  private readonly listeners = new Set<() => void>();

  constructor(choice: RangeChoice) {
    this.choice = choice;
  }

  get = (): RangeChoice => this.choice;

  set(choice: RangeChoice): void {
    if (JSON.stringify(choice) === JSON.stringify(this.choice)) return;
    this.choice = choice;
    for (const listener of this.listeners) listener();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
}

/** The time range around this component for those that listen outside React; the same object for life. */
export function useRangeSource(): RangeSource {
  const { choice } = useRange();
  const [holder] = useState(() => new RangeHolder(choice));
  useEffect(() => holder.set(choice), [holder, choice]);
  return holder;
}

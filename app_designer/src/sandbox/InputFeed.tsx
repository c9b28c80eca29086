import { type Signal, signalName, useFormatter, useLocale, useSignal } from "@sdk";
import { useEffect } from "react";
import type { FrameValue } from "./protocol";

interface FeedProps {
  signal: Signal;
  onValue: (value: FrameValue) => void;
}

/** Follows one signal for a frame; draws nothing. */
export function InputFeed({ signal, onValue }: FeedProps) {
  const { language, t } = useLocale();
  const { value, sample, assessment } = useSignal(signal);
  const shown = useFormatter(signal)(value);
  const { level, current } = assessment;
  const word = assessment.word ? t(assessment.word) : "";
  const name = signalName(signal, language);
  const [q, ts] = [sample?.q ?? 0, sample?.ts ?? 0];
  const { text, unit } = shown;
  useEffect(
    () => onValue({ v: value, q, ts, level, current, text, unit, word, name }),
    [onValue, value, q, ts, level, current, text, unit, word, name],
  );
  return null;
}

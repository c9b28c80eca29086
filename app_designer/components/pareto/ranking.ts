/** One bar of a Pareto. Shares are parts of the whole, 0 to 1. */
export interface Ranked {
  key: string;
  name: string;
  value: number;
  share: number;
  /** This bar and those before it together. */
  together: number;
}

export interface RankItem {
  key: string;
  name: string;
  value: number;
}

/** From the largest down; what does not fit is put together under `other`, which stays last. Zeros are left out. */
export function ranking(items: readonly RankItem[], rowsMax: number, other: string): Ranked[] {
  const counted = items.filter((item) => item.value > 0).sort((a, b) => b.value - a.value);
  const rows: RankItem[] = counted.length > rowsMax ? counted.slice(0, rowsMax - 1) : counted;
  const rest = counted.slice(rows.length);
  const whole =
    rest.length > 0
      ? [...rows, { key: "other", name: other, value: rest.reduce((sum, item) => sum + item.value, 0) }]
      : rows;
  const total = whole.reduce((sum, item) => sum + item.value, 0);
  let together = 0;
  return whole.map((item) => {
    together += item.value;
    return { ...item, share: item.value / total, together: together / total };
  });
}

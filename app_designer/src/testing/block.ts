import type { ComponentProps } from "@sdk";

/** Everything the runtime hands to a component, with what a test does not care about left calm. */
export function blockProps<P>(given: Partial<ComponentProps<P>> & { props: P }): ComponentProps<P> {
  return {
    inputs: {},
    targets: {},
    emit: () => false,
    write: async () => ({ status: "done" }),
    output: () => {},
    expose: () => () => {},
    slot: () => null,
    text: (key) => key,
    enabled: true,
    tone: null,
    id: "el_aaaaaaaa",
    mode: "run",
    compact: false,
    ...given,
  };
}

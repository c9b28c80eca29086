import { Button, Icon, useLocale, useServices } from "@sdk";
import { assetName } from "@sdk/bindings/asset_name";
import { useRef, useState } from "react";
import type { AppTestDocument, GivenValue } from "../../generated/documents.gen";
import { useDesigner } from "../model/hooks";
import { BindingPicker } from "../pickers/BindingPicker";
import { indexOf, roleLabel } from "../pickers/plant_index";
import type { Wanted } from "../pickers/wanted";
import { Row, Rows } from "./Rows";
import { givenOf } from "./record";
import { useTexts } from "./texts";
import { ValueInput } from "./ValueInput";

const A_TAG: Wanted = { type: "any", shape: "scalar", dimension: "any", from: ["tag"] };

/** A role at an asset in the reader's words. */
export function useRoleWords(): (asset: string, role: string) => string {
  const plant = useDesigner((state) => state.plant);
  const { language } = useLocale();
  const index = indexOf(plant);
  return (asset, role) => {
    const at = index.rolesAt.get(asset)?.find((one) => one.role === role);
    const word = roleLabel(at ?? { role, spec: null, tag: null }, language);
    return `${assetName(index.assets.get(asset), asset, language)} · ${word}`;
  };
}

interface PickRoleProps {
  label: string;
  test: AppTestDocument;
  onPick: (asset: string, role: string) => void;
}

/** A button that opens the plant: a role is searched and chosen, never typed. */
export function PickRole({ label, test, onPick }: PickRoleProps) {
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLSpanElement>(null);
  return (
    <span ref={anchor}>
      <Button look="quiet" aria-haspopup="dialog" aria-expanded={open} onClick={() => setOpen(true)}>
        <Icon name="plus" size={16} />
        {label}
      </Button>
      {open ? (
        <BindingPicker
          anchor={anchor.current}
          wanted={A_TAG}
          current={null}
          onChoose={(bound) => {
            if (bound.source !== "tag") return;
            const asset = typeof bound.asset === "string" ? bound.asset : test.params?.[bound.asset.param];
            if (asset) onPick(asset, bound.role);
          }}
          onClose={() => setOpen(false)}
        />
      ) : null}
    </span>
  );
}

interface GivenProps {
  test: AppTestDocument;
  set: (given: GivenValue[], field: string) => void;
}

/** The values of tags while the test runs. */
export function Given({ test, set }: GivenProps) {
  const text = useTexts();
  const words = useRoleWords();
  const plant = useDesigner((state) => state.plant);
  const { store: samples } = useServices();
  const given = test.given ?? [];
  const add = (asset: string, role: string) => {
    if (given.some((one) => one.asset === asset && one.role === role)) return;
    const now = givenOf({ plant, sampleOf: (tag) => samples.get(tag) }, asset, role);
    set([...given, now ?? { asset, role, v: null }], "given");
  };
  return (
    <Rows
      legend={text("given")}
      none={text("given_none")}
      empty={given.length === 0}
      add={<PickRole label={text("given_add")} test={test} onPick={add} />}
    >
      {given.map((row, n) => {
        const label = words(row.asset, row.role);
        return (
          <Row
            key={`${row.asset}/${row.role}`}
            label={label}
            drop={() =>
              set(
                given.filter((_, i) => i !== n),
                "given",
              )
            }
          >
            <ValueInput
              label={label}
              value={row.v ?? null}
              onChange={(v) =>
                set(
                  given.map((one, i) => (i === n ? { ...one, v } : one)),
                  `given/${n}`,
                )
              }
            />
          </Row>
        );
      })}
    </Rows>
  );
}

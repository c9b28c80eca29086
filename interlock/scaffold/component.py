"""The smallest component: shows one value with its unit and its quality."""

from __future__ import annotations

import json
import re

VIEW = """\
import {
  type ComponentProps,
  QualityMark,
  type Signal,
  signalName,
  Tile,
  useFormatter,
  useSignal,
} from "@sdk";

export interface %(pascal)sProps {
  decimals?: number;
}

export default function %(pascal)sView({ props, inputs }: ComponentProps<%(pascal)sProps>) {
  const signal = inputs.value?.[0];
  if (!signal) return <Tile title="%(title)s">{null}</Tile>;
  return <%(pascal)sTile props={props} signal={signal} />;
}

function %(pascal)sTile({ props, signal }: { props: %(pascal)sProps; signal: Signal }) {
  const state = useSignal(signal);
  const shown = useFormatter(signal, props.decimals)(state.value);
  return (
    <Tile title={signalName(signal)} hatched={!state.assessment.current}>
      <span>{`${shown.text} ${shown.unit}`.trim()}</span>
      <QualityMark assessment={state.assessment} sample={state.sample} />
    </Tile>
  );
}
"""

TEST = """import { expect, test } from "vitest";
import manifest from "./component.json";
import %(pascal)sView from "./View";

test("the folder, the manifest and the view belong together", () => {
  expect(manifest.id).toBe("%(id)s");
  expect(typeof %(pascal)sView).toBe("function");
  expect(Object.keys(manifest.inputs)).toContain("value");
});
"""


def words(name: str) -> str:
    """`my_block` as people read it."""
    return name.replace("_", " ").capitalize()


def manifest(name: str) -> dict[str, object]:
    """component.json; the form of `schemas/models/component.py`."""
    title = words(name)
    return {
        "format": 1,
        "id": name,
        "version": "0.1.0",
        "props_version": 1,
        "engine": ">=0.1 <1",
        "kind": "visual",
        "status": {"stage": "experimental", "replaced_by": None},
        "meta": {
            "name": {"en": title, "zh-CN": title},
            "summary": {"en": "One live value.", "zh-CN": "一个实时数值。"},
            "category": "display/value",
            "tags": [],
            "icon": "value",
        },
        "props": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "decimals": {
                    "type": "integer",
                    "minimum": 0,
                    "maximum": 6,
                    "description": "Digits after the point. Without it, the tag's own.",
                    "x-ui": {"group": "content", "order": 1},
                }
            },
        },
        "inputs": {
            "value": {
                "type": "any",
                "shape": "scalar",
                "required": True,
                "from": ["tag", "static"],
                "description": "The value to show.",
            }
        },
        "layout": {
            "grid": {"w": 3, "h": 3, "min_w": 2, "min_h": 2, "max_w": 6, "max_h": 6},
            "compact": {"span": 1, "h": 3},
        },
        "a11y": {"role": "group", "name": "inputs.value", "text": "{value} {unit}, {quality}", "keys": []},
        "examples": [{"name": {"en": title, "zh-CN": title}, "props": {}, "data": {"value": {"v": 52.4, "q": 0}}}],
    }


def formatted(document: object) -> str:
    """JSON as the web tools format it: short lists of texts on one line."""
    text = json.dumps(document, indent=2, ensure_ascii=False)
    return re.sub(r'\[\s+("[^\[\]{}]*?")\s+\]', lambda found: f"[{' '.join(found[1].split())}]", text) + "\n"


def component_files(name: str) -> dict[str, str]:
    """Files of a new component by path in the repository."""
    folder = f"app_designer/components/{name}"
    pascal = "".join(part.capitalize() for part in name.split("_"))
    filled = {"id": name, "pascal": pascal, "title": words(name)}
    return {
        f"{folder}/component.json": formatted(manifest(name)),
        f"{folder}/View.tsx": VIEW % filled,
        f"{folder}/View.test.tsx": TEST % filled,
    }

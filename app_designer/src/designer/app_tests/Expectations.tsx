import { Combobox } from "@forms/Combobox";
import { useLocale } from "@sdk";
import { useState } from "react";
import type { AppTestDocument, Expectation } from "../../generated/documents.gen";
import { useDesigner } from "../model/hooks";
import { useManifests } from "../pickers/manifests";
import { type ElementChoice, type WhatChoice, whatOfElement, whatOfPage } from "./choices";
import { PickRole, useRoleWords } from "./Given";
import { Row, Rows } from "./Rows";
import { useTexts } from "./texts";
import { CellPlace, ExpectedValue } from "./ValueInput";

interface ExpectationsProps {
  test: AppTestDocument;
  elements: readonly ElementChoice[];
  /** What a value is expected to be at first, where that is known now. */
  present: (element: ElementChoice | null, what: WhatChoice) => Partial<Expectation>;
  set: (expect: Expectation[], field: string) => void;
}

/** What is looked at, in the reader's words. */
function useWords(elements: readonly ElementChoice[]) {
  const text = useTexts();
  const roles = useRoleWords();
  const at = new Map(elements.map((one) => [one.path, one.label]));
  const part = (kind: Expectation["kind"], label: string) =>
    [text(`kind.${kind}`), label].filter(Boolean).join(" ");
  return {
    part,
    row: ({ kind, element, name = "" }: Expectation) => {
      if (kind === "write") {
        const [asset = "", role = ""] = name.split(".");
        return part(kind, roles(asset, role));
      }
      if (!element) return part(kind, name);
      return text("element", {
        name: at.get(element) ?? element,
        part: part(kind, kind === "text" || kind === "level" || kind === "cell" ? "" : name),
      });
    },
  };
}

/** What must hold at the end. */
export function Expectations({ test, elements, present, set }: ExpectationsProps) {
  const text = useTexts();
  const words = useWords(elements);
  const { expect } = test;
  const add = (row: Expectation) => set([...expect, row], "expect");
  return (
    <Rows
      legend={text("expect")}
      none=""
      empty={false}
      add={
        <>
          <AddExpectation test={test} elements={elements} present={present} part={words.part} add={add} />
          <PickRole
            label={text("write_add")}
            test={test}
            onPick={(asset, role) => add({ kind: "write", name: `${asset}.${role}`, v: null })}
          />
        </>
      }
    >
      {expect.map((row, n) => {
        const label = words.row(row);
        return (
          <Row
            // biome-ignore lint/suspicious/noArrayIndexKey: an expectation is known by its place alone.
            key={n}
            label={label}
            drop={
              expect.length > 1
                ? () =>
                    set(
                      expect.filter((_, i) => i !== n),
                      "expect",
                    )
                : null
            }
          >
            {row.kind === "cell" ? (
              <CellPlace
                label={label}
                name={row.name ?? ""}
                onChange={(name) =>
                  set(
                    expect.map((one, i) => (i === n ? { ...one, name } : one)),
                    `expect/${n}`,
                  )
                }
              />
            ) : null}
            <ExpectedValue
              label={label}
              row={row}
              onChange={(v) =>
                set(
                  expect.map((one, i) => (i === n ? { ...one, v } : one)),
                  `expect/${n}`,
                )
              }
            />
          </Row>
        );
      })}
    </Rows>
  );
}

interface AddProps extends Omit<ExpectationsProps, "set"> {
  part: (kind: Expectation["kind"], label: string) => string;
  add: (row: Expectation) => void;
}

/** First where one looks, then at what: both are chosen by search. */
function AddExpectation({ test, elements, present, part, add }: AddProps) {
  const text = useTexts();
  const { language } = useLocale();
  const manifests = useManifests();
  const draft = useDesigner((state) => state.draft);
  const [path, setPath] = useState<string | null>(null);
  const found = elements.find((one) => one.path === path) ?? null;
  const what = found
    ? whatOfElement(found.element, manifests, language)
    : whatOfPage(draft, draft.pages[test.page]);
  const choose = (choice: string | null) => {
    const one = what.find(({ kind, name }) => `${kind} ${name}` === choice);
    if (!one) return;
    const { kind, name } = one;
    add({
      kind,
      ...(found ? { element: found.path } : {}),
      ...(name ? { name } : {}),
      v: null,
      ...present(found, one),
    });
  };
  const where = elements.map(({ path: value, label }) => ({ value, label }));
  return (
    <>
      <Combobox
        label={text("expect_where")}
        placeholder={text("expect_where")}
        choices={where}
        value={path}
        onChange={setPath}
      />
      <Combobox
        key={path ?? ""}
        label={text("expect_what")}
        placeholder={text(found ? "expect_what" : "expect_what_page")}
        choices={what.map(({ kind, name, label }) => ({
          value: `${kind} ${name}`,
          label: part(kind, label),
        }))}
        value={null}
        clearable={false}
        onChange={choose}
      />
    </>
  );
}

import type { PropSchema } from "@forms/schema";
import type { CompositeDocument } from "../../generated/documents.gen";

const TYPES: Record<string, PropSchema> = {
  asset: { $ref: "interlock:types#/asset" },
  text: { type: "string", maxLength: 2000 },
  number: { type: "number" },
  boolean: { type: "boolean" },
};

/** The parameters of a block of the app as the schema of its instances' props. */
export function schemaOfBlock(block: CompositeDocument): PropSchema {
  const properties = Object.entries(block.params ?? {}).map(([name, param], order): [string, PropSchema] => {
    const given = param.default === undefined || param.default === null ? {} : { default: param.default };
    return [name, { ...TYPES[param.type], ...given, "x-ui": { label: param.label, order } }];
  });
  return { type: "object", properties: Object.fromEntries(properties) };
}

import type { PropSchema } from "@forms/schema";

const words = (en: string, zh: string) => ({ en, "zh-CN": zh });
const limit = (en: string, zh: string, order: number): PropSchema => ({
  type: "number",
  "x-ui": { label: words(en, zh), order },
});

/** A signal role as a form: everything but its value texts, which are a table of their own. */
export const ROLE_SCHEMA: PropSchema = {
  type: "object",
  required: ["role", "label"],
  properties: {
    label: { $ref: "interlock:types#/text", "x-ui": { label: words("Name", "名称"), order: 1 } },
    role: {
      $ref: "interlock:types#/role",
      type: "string",
      pattern: "^[a-z0-9][a-z0-9_-]{0,39}$",
      "x-ui": { label: words("Id of the role", "角色标识"), order: 2, widget: "text" },
    },
    kind: {
      enum: ["number", "boolean", "text", "any"],
      default: "any",
      "x-ui": {
        label: words("Kind of value", "值的类型"),
        order: 3,
        widget: "select",
        options: {
          number: words("Number", "数字"),
          boolean: words("Yes/no", "是/否"),
          text: words("Text", "文字"),
          any: words("Any", "任意"),
        },
      },
    },
    unit: {
      type: "string",
      maxLength: 40,
      "x-ui": {
        label: words("Unit", "单位"),
        order: 4,
        visible_when: { prop: "/kind", in: ["number", "any"] },
      },
    },
    decimals: {
      type: "integer",
      minimum: 0,
      maximum: 10,
      "x-ui": {
        label: words("Decimals", "小数位"),
        order: 5,
        visible_when: { prop: "/kind", in: ["number", "any"] },
      },
    },
    limits: {
      type: "object",
      "x-ui": {
        label: words("Limits", "限值"),
        order: 6,
        visible_when: { prop: "/kind", in: ["number", "any"] },
      },
      properties: {
        hi_hi: limit("Highest (alarm)", "高高（报警）", 1),
        hi: limit("High (warning)", "高（预警）", 2),
        lo: limit("Low (warning)", "低（预警）", 3),
        lo_lo: limit("Lowest (alarm)", "低低（报警）", 4),
      },
    },
    required: {
      type: "boolean",
      default: false,
      "x-ui": { label: words("Apps of this type need it", "此类型的应用需要它"), order: 7 },
    },
    writable: {
      type: "boolean",
      default: false,
      "x-ui": { label: words("Apps may write it", "应用可以写入"), order: 8 },
    },
    keywords: {
      type: "array",
      maxItems: 40,
      items: { type: "string", maxLength: 60 },
      "x-ui": {
        label: words("Words it is found by", "查找用词"),
        help: words(
          "Parts of tag names and descriptions, in any language. Suggestions use them.",
          "标签名称和描述中的词，任何语言均可。用于建议。",
        ),
        order: 9,
      },
    },
  },
};

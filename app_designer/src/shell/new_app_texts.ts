import { areaTexts } from "@sdk/i18n/area";

const en = {
  title: "New app",
  name: "Name of the app",
  id: "Id (in its address)",
  id_bad: "Lower-case letters, digits, “-” and “_”, beginning with a letter or digit.",
  taken: "An app with this id is there already.",
  create: "Create",
  cancel: "Cancel",
  page: "Overview",
  blank_page: "Start page",
  edit: "Edit",
  edit_app: "Edit {name}",
  draft_only: "Draft, not published yet",
};

const zhCn: Record<keyof typeof en, string> = {
  title: "新建应用",
  name: "应用名称",
  id: "标识（用于地址）",
  id_bad: "仅限小写字母、数字、“-”和“_”，并以字母或数字开头。",
  taken: "已有此标识的应用。",
  create: "创建",
  cancel: "取消",
  page: "总览",
  blank_page: "首页",
  edit: "编辑",
  edit_app: "编辑{name}",
  draft_only: "草稿，尚未发布",
};

export const { useTexts: useNewAppTexts } = areaTexts<keyof typeof en>(en, zhCn);

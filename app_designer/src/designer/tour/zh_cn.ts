import type { en } from "./en";

export const zhCn: Record<keyof typeof en, string> = {
  title: "快速导览",
  step: "{no} / {count}",
  next: "下一步",
  back: "上一步",
  done: "完成",
  close: "结束导览",
  data: "机器的所有数据",
  data_text:
    "在“数据”中可看到机器及其实时数值。将数值拖到页面上，或在其上按 Enter：合适的组件立即出现并显示实时数据。",
  blocks: "组件",
  blocks_text: "按钮、表单、工艺流程图等。按您想显示的内容搜索。需要数据的组件会询问数据来源。",
  settings: "所选内容",
  settings_text: "右侧是所选组件的设置：数值来源、外观、谁可见。未选中时显示页面设置。",
  sizes: "电脑、平板、手机",
  sizes_text: "手机布局会自动生成。在这里查看，只修改您想要不同的部分。",
  publish: "随时发布",
  publish_text: "发布之前没有人会看到您的改动，改动会自动保存。所有版本都会保留：回退只需按两次。",
};

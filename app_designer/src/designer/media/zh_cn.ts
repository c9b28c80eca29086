import type { en } from "./en";

export const zhCn: Record<keyof typeof en, string> = {
  drop: "将图片拖到这里，或选择文件",
  choose: "选择文件",
  hint: "SVG、PNG、JPEG 或 WebP，最大 2 MB。图片随应用一起发布。",
  uploading: "正在上传 {name}…",
  failed: "{name}：{why}",
  empty: "还没有图片",
  list: "此应用的图片",
  size: "{width} × {height}，{size}",
  used: "使用中",
  unused: "未使用",
  remove: "移除 {name}",
  search: "搜索图片",
  too_large: "超过 2 MB",
  wrong_kind: "不是 SVG、PNG、JPEG 或 WebP",
  could_not_load: "无法读取图片",
  retry: "重试",
};

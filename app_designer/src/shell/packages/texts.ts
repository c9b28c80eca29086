import { areaTexts } from "@sdk/i18n/area";

const en = {
  checking: "Checking the package …",
  trusted: "Signed by {publisher}, whom you trust",
  untrusted: "Signed with a key nobody here knows",
  unsigned: "Not signed: anybody may have made it",
  hash: "Content {hash}",
  fingerprint: "Fingerprint of the key",
  compare:
    "Compare it with what its publisher tells you, by phone or in person: not with what came with the package.",
  trust: "Trust this key",
  trust_hint: "Packages signed with it then install without this question.",
  ask_admin: "An administrator can trust this key.",
  name: "Name of the publisher",
  name_missing: "Give it the name people know it by.",
  note: "Note (how you compared it, whom to call)",
  compared: "I compared the fingerprint with its publisher",
  trusting: "Saving …",
  install: "Install",
  installing: "Installing …",
  another: "Another file",
  cancel: "Cancel",
};
const zhCn: Record<keyof typeof en, string> = {
  checking: "正在检查…",
  trusted: "由您信任的 {publisher} 签名",
  untrusted: "签名密钥在此处未知",
  unsigned: "未签名：来源无法确认",
  hash: "内容 {hash}",
  fingerprint: "密钥指纹",
  compare: "请通过电话或当面与发布者核对，不要使用随包附带的内容核对。",
  trust: "信任此密钥",
  trust_hint: "之后用它签名的包安装时不再询问。",
  ask_admin: "管理员可以信任此密钥。",
  name: "发布者名称",
  name_missing: "请填写大家熟悉的名称。",
  note: "备注（如何核对、联系谁）",
  compared: "我已与发布者核对指纹",
  trusting: "正在保存…",
  install: "安装",
  installing: "正在安装…",
  another: "其他文件",
  cancel: "取消",
};
export type PackageText = keyof typeof en;
export const { useTexts: usePackageTexts } = areaTexts<PackageText>(en, zhCn);

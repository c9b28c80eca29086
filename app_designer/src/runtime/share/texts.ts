import { areaTexts } from "@sdk/i18n/area";

const en = {
  title: "Share this view",
  what: "Page, machine, time range and moment are in the link. Whoever opens it signs in and sees what their own role may see.",
  link: "Link",
  copy: "Copy link",
  copied: "Copied",
  copy_failed: "Could not copy. The link is selected: copy it by hand.",
  moment: "Freeze at this moment",
  moment_hint: "The link then always shows {time}.",
  live: "Always current",
  qr: "QR code of the link",
  too_long: "The link is too long for a QR code.",
  local:
    "This address works on this computer only. Open Interlock by the address other devices use, then share.",
} as const;

const zhCn: Record<keyof typeof en, string> = {
  title: "分享当前画面",
  what: "链接包含页面、设备、时间范围和时刻。打开者登录后，只能看到其角色可见的内容。",
  link: "链接",
  copy: "复制链接",
  copied: "已复制",
  copy_failed: "无法复制。链接已选中，请手动复制。",
  moment: "固定在此时刻",
  moment_hint: "链接将始终显示 {time} 的画面。",
  live: "始终为实时",
  qr: "链接的二维码",
  too_long: "链接过长，无法生成二维码。",
  local: "此地址仅在本机可用。请用其他设备可访问的地址打开 Interlock 后再分享。",
};

export const { useTexts: useShareTexts } = areaTexts<keyof typeof en>(en, zhCn);

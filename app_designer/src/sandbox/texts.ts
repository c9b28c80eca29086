import { areaTexts } from "@sdk/i18n/area";

const en = {
  loading: "The block is loading",
  frame: "{name} (a block from another maker)",
  failed: "This block was stopped",
  again: "Start it again",
  end_silent: "It no longer answered.",
  end_flood: "It sent more than it may.",
  end_error: "It reported an error: {message}",
  end_navigated: "It tried to leave its place.",
  end_no_start: "It did not start.",
  end_version: "It was made for another version of Interlock.",
  rest: "The rest of the page goes on.",
  retrying: "It is started again by itself in {seconds} s.",
};

const zhCn: Record<keyof typeof en, string> = {
  loading: "模块正在加载",
  frame: "{name}（第三方模块）",
  failed: "此模块已被停止",
  again: "重新启动",
  end_silent: "模块不再响应。",
  end_flood: "模块发送的消息过多。",
  end_error: "模块报告了错误：{message}",
  end_navigated: "模块试图离开自己的位置。",
  end_no_start: "模块未能启动。",
  end_version: "模块是为其他版本的 Interlock 制作的。",
  rest: "页面的其余部分不受影响。",
  retrying: "{seconds} 秒后自动重新启动。",
};

export const { useTexts: useSandboxTexts } = areaTexts(en, zhCn);

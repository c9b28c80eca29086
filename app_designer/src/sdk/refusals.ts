/** Why a message of an agent was not taken in, by the code that the platform or the agent's spool gives. */
const REASONS: Record<string, [string, string]> = {
  "wire.msgpack": ["Damaged: it cannot be read", "已损坏：无法读取"],
  "wire.envelope": ["Damaged: it cannot be read", "已损坏：无法读取"],
  "wire.crc": ["Damaged on its way: the checksum does not fit", "传输中损坏：校验和不符"],
  "wire.compression": ["Damaged: it cannot be unpacked", "已损坏：无法解压"],
  "wire.body": ["Its content is not what a batch holds", "内容不符合批次的格式"],
  "wire.gap": ["Its record of a gap cannot be read", "其中的缺口记录无法读取"],
  "wire.dictionary": ["Its record of a tag cannot be read", "其中的标签记录无法读取"],
  "wire.too_large": ["Larger than the platform takes", "超过平台可接收的大小"],
  "ingest.kind": ["Values of another kind than their tag has here", "数值类型与标签在平台上的类型不符"],
  "ingest.time": [
    "A time before 1970 or after 2099: look at the clock of the device",
    "时间早于 1970 年或晚于 2099 年：请检查设备时钟",
  ],
  "ingest.alias": ["More tags than a stream may have", "标签数量超过数据流上限"],
  "ingest.alias_reused": ["A tag's number already means another tag", "标签编号已属于另一个标签"],
  "ingest.poison": ["The platform cannot make sense of it", "平台无法理解其内容"],
  "store.refused": ["The store cannot take it", "存储无法接收"],
  spool_damaged: ["Damaged on the agent's disk", "在代理的磁盘上损坏"],
};

/** The reason in the reader's words; a code that is newer than these words stays as it is. */
export function refusalIn(language: "en" | "zh-CN", code: string): string {
  return REASONS[code]?.[language === "en" ? 0 : 1] ?? code;
}

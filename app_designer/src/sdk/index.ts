/** The only thing a component may import. */

export { ApiError, describeError } from "./api/problem";
export type { Asset, Kind, LocalText, Tag, TagMeta, Value } from "./api/types";
export { assetName } from "./bindings/asset_name";
export { type Signal, signalMeta, signalName, signalOfTag, type ValueCell } from "./bindings/signal";
export { type Course, useCourse } from "./chart/course";
export { Lane, LaneAxis, LaneLegend, type LaneRow, useLanes, useStateWord } from "./chart/Lanes";
export { drawnOf, seriesNames, tracksOf } from "./chart/model";
export { type LimitLevel, limitLevel, type Scale, scaleOf, shareOf } from "./chart/scale_of";
export { isState, limitLines, SERIES_MAX, seriesColor } from "./chart/scales";
export { meaningOf, type Segment, type StateShare, stateSegments, stateShares } from "./chart/segments";
export { type SparkShape, sparkShape } from "./chart/spark_path";
export { stateVariable } from "./chart/states";
export { Trend } from "./chart/Trend";
export { type TimeTick, timeTicks } from "./chart/time_ticks";
export type {
  ComponentProps,
  ComponentView,
  ElementMode,
  Method,
  SlotOptions,
  WriteOutcome,
} from "./component";
export {
  EmbedContext,
  type Embedding,
  type MimicGeometry,
  MimicGeometryContext,
  NavigateContext,
  type Navigation,
  type PageTarget,
  type PlacedBox,
  useEmbedding,
  useLocale,
  useMimicGeometry,
  useNavigation,
  useOpenDetail,
  useRange,
  useServices,
} from "./context";
export * from "./fields";
export { formatNumber, textKey, toPlot } from "./format/number";
export { formatDuration, formatMoment } from "./format/time";
export { type DayRow, dayWindow, type HourCell, type HourFn, hourRows } from "./history/hours";
export { type AssetChoice, type AssetFilter, useAssetsOf, useTagSignals } from "./hooks/assets";
export { useHistory, useWindow } from "./hooks/history";
export { type SignalState, useFormatter, useLink, useServerNow, useSignal } from "./hooks/live";
export { type ManyState, useManySignals } from "./hooks/many";
export {
  type Reading,
  type SteadyReading,
  type SteadySource,
  useDrawn,
  useReading,
  useSteadyReading,
} from "./hooks/reading";
export { useSize } from "./hooks/size";
export { useBlockTexts } from "./i18n/block_texts";
export { localText } from "./i18n/catalogue";
export { MediaContext, type MediaSource, useMedia } from "./media";
export { useUnitWishes } from "./preferences/context";
export { displayOfSignal, displayUnit, shownNumber, type UnitWishes } from "./preferences/display_unit";
export { formatShown, shownUnitOf } from "./preferences/format_shown";
export type { QrPath } from "./qr/path";
export { useQrPath } from "./qr/use_qr_path";
export { type Assessment, assess, isBad, isUncertain, qualityWord, type Sample } from "./quality";
export { clampWindow, type RangeChoice, resolveRange, type TimeWindow } from "./range";
export * from "./symbols";
export { BlockTile, Said, useMissing } from "./ui/BlockTile";
export { Icon, type IconName, isIcon } from "./ui/Icon";
export { Button, Notice, Skeleton, Tile } from "./ui/primitives";
export { QualityMark } from "./ui/QualityMark";
export { ReadingMark, ReadingNumber, useMeter } from "./ui/Reading";
export { StateShape } from "./ui/StateShape";

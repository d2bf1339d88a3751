import { createHash, randomUUID } from "node:crypto";
import { appendFileSync, constants, createReadStream, createWriteStream, writeFileSync } from "node:fs";
import { glob, mkdir, mkdtemp, open, readFile, rename, rm, stat, statfs } from "node:fs/promises";
import path from "node:path";
import { setTimeout as setTimeout$1 } from "node:timers/promises";
import http, { STATUS_CODES } from "node:http";
import https from "node:https";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";

// lib/core/error/coded-error.ts
const noContext = Object.freeze({});
/**
* What every error class of this project extends: a fault with a literal code, by which programs tell it, and a sentence for
* people. Each class says its name once more as a literal (`errorName`), which bundling and minifying leave as it is.
*/
var CodedError = class extends Error {
	static errorName = "CodedError";
	code;
	context;
	constructor(code, message, { cause, context = noContext } = {}) {
		super(message, cause === void 0 ? {} : { cause });
		this.name = new.target.errorName;
		this.code = code;
		this.context = context;
	}
};

// lib/core/error/index.ts
function isError(error, of) {
	return error instanceof Error && error.name === of.errorName;
}

// cli/client/error.ts
/** What goes wrong between a program and a portal: a literal code for programs, a sentence with its fix for people. */
var ClientError = class extends CodedError {
	static errorName = "ClientError";
	/** As the portal wrote it; null where the failure has none. */
	problem;
	/** How long the portal asks to wait. */
	retryAfterSeconds;
	constructor(code, message, facts = {}) {
		super(code, message, facts.cause === void 0 ? {} : { cause: facts.cause });
		this.problem = facts.problem ?? null;
		this.retryAfterSeconds = facts.retryAfterSeconds ?? null;
	}
};
/** What may be over in a moment: the network, a portal that restarts, too many calls. */
const isPassing = (error) => error instanceof ClientError && (error.code === "UNREACHABLE" || error.code === "UNAVAILABLE");

// cli/client/digest.ts
/** A file's SHA-256, by streaming. */
async function hashFile(file, { signal, onProgress } = {}) {
	const sha256 = createHash("sha256");
	let sizeBytes = 0;
	try {
		const status = await stat(file);
		if (!status.isFile()) throw new Error("it is not a plain file");
		for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) {
			if (signal?.aborted === true) throw new ClientError("ABORTED", "it was interrupted");
			sha256.update(chunk);
			sizeBytes += chunk.length;
			onProgress?.({
				phase: "digest",
				bytes: sizeBytes,
				total: status.size
			});
		}
	} catch (error) {
		if (error instanceof ClientError) throw error;
		throw new ClientError("USAGE", `${file} can’t be read: ${error.message}`, { cause: error });
	}
	return {
		sha256: sha256.digest("hex"),
		sizeBytes
	};
}

// cli/client/file-name.ts
/** A file name that the portal gives → one that is safe in a folder of this machine. */
/** Windows keeps these for devices, with any ending. */
const device = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;
/**
* `otherwise` where nothing of it can stay. No hidden name: beside what is there, `.npmrc` or `.bashrc` would be obeyed. No `$` and no
* backtick: workflows put names between the double quotes of a script.
*/
function safeFileName(name, otherwise) {
	const safe = path.basename(name.replaceAll("\\", "/")).replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}<>:"|?*$`]/gu, "_").replace(/[. ]+$/, "").replace(/^[._ ]*\.+_*/, "_").replace(/^-+/, "_");
	return safe === "" || device.test(safe) || Buffer.byteLength(safe) > 200 ? otherwise : safe;
}

// cli/client/network-failure.ts
/** What a socket, TLS or the HTTP parser threw → what is wrong with the way to the portal. */
/** What Node says of certificates (RFC 5280 path validation by OpenSSL). */
const certificateFault = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS_CERT|CRL/;
function networkFailure(url, error) {
	if (error instanceof ClientError) return error;
	const code = innermostCode(error);
	const said = (why) => new ClientError("UNREACHABLE", `${url.origin} ${why}`, { cause: error });
	const set = "Set --url or COUNTERSIGN_URL.";
	if (code === "ECONNREFUSED") return said(`can’t be reached: nothing listens there. ${set}`);
	if (code === "ENOTFOUND" || code === "EAI_AGAIN") return said(`can’t be reached: the name isn’t known (${code}). ${set}`);
	if (certificateFault.test(code)) return said(`shows a certificate that isn’t accepted (${code}). Where it is from a CA of your own: NODE_EXTRA_CA_CERTS=FILE.pem.`);
	if (/SSL|TLS|EPROTO/.test(code)) return said(`speaks no TLS there (${code}). Is it http:, or another port? ${set}`);
	if (code.startsWith("HPE_")) return said(`answers with something that isn’t HTTP. ${set}`);
	if (code === "COUNTERSIGN_STILL") return said("didn’t answer in time. Try again later.");
	if (/ECONNRESET|ECONNABORTED|EPIPE|PREMATURE_CLOSE|TIMEDOUT|TIMEOUT/.test(code)) return said(`broke the connection off (${code}). Try again later.`);
	const message = error instanceof Error ? error.message : String(error);
	return said(`can’t be reached (${code === "" ? message : code}). ${set}`);
}
/** Of the error by which a connection on which nothing moves is given up. */
const stillCode = "COUNTERSIGN_STILL";
/** Of several addresses that were tried, the first one's; else of the error, or of what caused it. */
function innermostCode(error) {
	let found = "";
	for (let depth = 0, one = error; depth < 5 && one instanceof Error; depth += 1) {
		if ("code" in one && typeof one.code === "string") found = one.code;
		one = one instanceof AggregateError ? one.errors[0] : one.cause;
	}
	return found;
}
/** Nothing that waiting mends: a name, a certificate, another protocol. ECONNREFUSED may be a restart. */
const isLasting = (error) => error.code === "UNREACHABLE" && /ENOTFOUND|CERT|SELF_SIGNED|UNABLE_TO_VERIFY|CRL|SSL|EPROTO|HPE_/.test(innermostCode(error.cause));

// cli/client/part-file.ts
/**
* Where a download's bytes go: beside the file that it becomes, under a name that says of which bytes it is a part, so that the next
* attempt goes on there. Devices and pipes are written to directly, and go on only within one attempt.
*/
var PartFile = class PartFile {
	path;
	#file;
	#isDevice;
	#handle;
	#hash = createHash("sha256");
	#position = 0;
	#atStart = 0;
	constructor(file, part, isDevice, handle) {
		this.#file = file;
		this.path = part;
		this.#isDevice = isDevice;
		this.#handle = handle;
	}
	static async open(file, sha256, sizeBytes) {
		try {
			const there = await stat(file).catch(() => null);
			const isDevice = there !== null && !there.isFile();
			const part = isDevice ? file : path.join(path.dirname(file), `.${path.basename(file)}.${sha256.slice(0, 16)}.part`);
			const handle = isDevice ? await open(file, "w") : await openOwn(part);
			const opened = new PartFile(file, part, isDevice, handle);
			if (!isDevice) await opened.#readBack(sizeBytes);
			return opened;
		} catch (error) {
			throw unwritable(file, error);
		}
	}
	/** How many bytes it has. */
	get position() {
		return this.#position;
	}
	/** How many it had when it was opened. */
	get atStart() {
		return this.#atStart;
	}
	get isKept() {
		return !this.#isDevice;
	}
	async append(chunk) {
		try {
			const at = this.#isDevice ? null : this.#position;
			for (let done = 0; done < chunk.length;) {
				const { bytesWritten } = await this.#handle.write(chunk, done, chunk.length - done, at === null ? null : at + done);
				done += bytesWritten;
			}
		} catch (error) {
			throw unwritable(this.#file, error);
		}
		this.#hash.update(chunk);
		this.#position += chunk.length;
	}
	/** From the first byte again. A device has what it has, and its bytes count as they are. */
	async restart() {
		if (this.#isDevice) return;
		await this.#handle.truncate(0);
		this.#hash = createHash("sha256");
		this.#position = 0;
		this.#atStart = 0;
	}
	digest() {
		return this.#hash.copy().digest("hex");
	}
	/** In its place, whole. */
	async finish() {
		try {
			await this.#handle.close();
			if (!this.#isDevice) await rename(this.path, this.#file);
		} catch (error) {
			throw unwritable(this.#file, error);
		}
	}
	/** Leaves what came, unless nothing did or `remove` says so. */
	async leave({ remove }) {
		await this.#handle.close().catch(() => void 0);
		if (!this.#isDevice && (remove || this.#position === 0)) await rm(this.path, { force: true });
	}
	async #readBack(sizeBytes) {
		const { size } = await this.#handle.stat();
		if (size > sizeBytes) return this.restart();
		for await (const chunk of this.#handle.createReadStream({
			start: 0,
			autoClose: false,
			highWaterMark: 1 << 20
		})) {
			this.#hash.update(chunk);
			this.#position += chunk.length;
		}
		this.#atStart = this.#position;
	}
};
/** Windows has neither flag. */
const { O_RDWR, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
const asItIs = (O_RDWR ?? 2) | O_NOFOLLOW | O_NONBLOCK;
/**
* The name of a part can be foreseen: in a folder that others write to, what stands there may be theirs. Through a link another file
* would be written over, and whoever owns the part could change it after its digest was compared. So what isn't our own plain file goes.
*/
async function openOwn(part) {
	const there = await open(part, asItIs).catch(() => null);
	if (there !== null) {
		const found = await there.stat();
		if (found.isFile() && found.nlink === 1 && found.uid === (process.getuid?.() ?? found.uid)) return there;
		await there.close();
	}
	await rm(part, { force: true });
	return open(part, "wx+");
}
const unwritable = (file, error) => error instanceof ClientError ? error : new ClientError("FILE", `${file} can’t be written: ${error.message}`, { cause: error });

// cli/client/patience.ts
/** How often and how long a call is tried again: pauses that grow, with jitter, and as long as the portal asks for. */
const usualPatience = { seconds: 120 };
const pauseMilliseconds$1 = {
	first: 500,
	most: 2e4
};
/** A cut after less than this is no progress: who gives a byte at a time would be asked for ever. */
const progressBytes = 65536;
/** Pauses between the attempts of one call. */
var Pauses = class {
	#patience;
	#signal;
	#attempts = 0;
	#spent = 0;
	constructor({ patience = usualPatience, signal }) {
		this.#patience = patience;
		this.#signal = signal;
	}
	/** It got somewhere: what fails next is a new failure. */
	reset() {
		this.#attempts = 0;
		this.#spent = 0;
	}
	/** Waits before the next attempt. Throws `error` where no attempt follows: it won't pass, or not in time. */
	async after(error) {
		if (!isPassing(error) || isLasting(error) || isFinal$1(error)) throw error;
		const { seconds, onPause, sleep = pause, random = Math.random } = this.#patience;
		const grown = Math.min(pauseMilliseconds$1.first * 2 ** this.#attempts, pauseMilliseconds$1.most);
		const asked = (error.retryAfterSeconds ?? 0) * 1e3;
		const milliseconds = Math.round(Math.max(asked, grown / 2) + random() * grown / 2);
		if (this.#spent + milliseconds > seconds * 1e3) throw error;
		this.#attempts += 1;
		this.#spent += milliseconds;
		onPause?.({
			error,
			milliseconds
		});
		await sleep(milliseconds, this.#signal);
	}
};
/** 501 and 505 don't pass; a full disk not within minutes. */
const isFinal$1 = ({ problem }) => problem !== null && [
	501,
	505,
	507
].includes(problem.status);
/** Throws ClientError ABORTED at once when `signal` says so. */
async function pause(milliseconds, signal) {
	try {
		await setTimeout$1(milliseconds, void 0, signal === void 0 ? {} : { signal });
	} catch (error) {
		throw new ClientError("ABORTED", "it was interrupted", { cause: error });
	}
}
/** `attempt` until it succeeds, fails for good, or patience ends. */
async function patiently(going, attempt) {
	const pauses = new Pauses(going);
	for (;;) try {
		return await attempt();
	} catch (error) {
		await pauses.after(error);
	}
}

// node_modules/zod/v4/core/util.js
function getEnumValues(entries) {
	const numericValues = Object.values(entries).filter((v) => typeof v === "number");
	return Object.entries(entries).filter(([k, _]) => numericValues.indexOf(+k) === -1).map(([_, v]) => v);
}
function jsonStringifyReplacer(_, value) {
	if (typeof value === "bigint") return value.toString();
	return value;
}
var Cached = class {
	constructor(getter) {
		this._getter = getter;
		this._value = void 0;
	}
	get value() {
		const getter = this._getter;
		if (getter !== void 0) {
			this._value = getter();
			this._getter = void 0;
		}
		return this._value;
	}
};
function cached(getter) {
	return new Cached(getter);
}
function cleanRegex(source) {
	const start = source.startsWith("^") ? 1 : 0;
	const end = source.endsWith("$") ? source.length - 1 : source.length;
	return source.slice(start, end);
}
function assignProp(target, prop, value) {
	Object.defineProperty(target, prop, {
		value,
		writable: true,
		enumerable: true,
		configurable: true
	});
}
const captureStackTrace = "captureStackTrace" in Error ? Error.captureStackTrace : (..._args) => {};
function isObject(data) {
	return typeof data === "object" && data !== null && !Array.isArray(data);
}
const propertyKeyTypes = /* @__PURE__*/ new Set([
	"string",
	"number",
	"symbol"
]);
function escapeRegex(str) {
	return str.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
function clone(inst, def, params) {
	const cl = new inst._zod.constr(def ?? inst._zod.def);
	if (!def || params?.parent) cl._zod.parent = inst;
	return cl;
}
function normalizeParams(_params) {
	const params = _params;
	if (!params) return {};
	if (typeof params === "string") return { error: () => params };
	if (params?.message !== void 0) {
		if (params?.error !== void 0) throw new Error("Cannot specify both `message` and `error` params");
		params.error = params.message;
	}
	delete params.message;
	if (typeof params.error === "string") return {
		...params,
		error: () => params.error
	};
	return params;
}
function optionalKeys(shape) {
	return Object.keys(shape).filter((k) => {
		return shape[k]._zod.optin !== void 0 && shape[k]._zod.optout === "optional";
	});
}
const NUMBER_FORMAT_RANGES = /*@__PURE__*/ (() => ({
	safeint: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
	int32: [-2147483648, 2147483647],
	uint32: [0, 4294967295],
	float32: [-34028234663852886e22, 34028234663852886e22],
	float64: [-Number.MAX_VALUE, Number.MAX_VALUE]
}))();
function aborted(x, startIndex = 0) {
	if (x.aborted === true) return true;
	for (let i = startIndex; i < x.issues.length; i++) if (x.issues[i]?.continue !== true) return true;
	return false;
}
function explicitlyAborted(x, startIndex = 0) {
	if (x.aborted === true) return true;
	for (let i = startIndex; i < x.issues.length; i++) if (x.issues[i]?.continue === false) return true;
	return false;
}
function prefixIssues(path, issues) {
	return issues.map((iss) => {
		var _a;
		(_a = iss).path ?? (_a.path = []);
		iss.path.unshift(path);
		return iss;
	});
}
function unwrapMessage(message) {
	return typeof message === "string" ? message : message?.message;
}
/** The leading size checks of `defChecks` that set an upper bound, each paired with it. */
function sizeCaps(defChecks) {
	const caps = [];
	for (const ch of defChecks ?? []) {
		const d = ch._zod.def;
		if (!/_(length|size)$|_equals$/.test(d.check)) break;
		const max = d.maximum ?? d.length ?? d.size;
		if (max >= 0) caps.push([max, ch]);
	}
	return caps;
}
function attachSchema(issues, start, inst) {
	var _a;
	for (let i = start; i < issues.length; i++) (_a = issues[i]).schema ?? (_a.schema = inst);
}
function finalizeIssue(iss, ctx, config) {
	var _a;
	const traits = iss.inst?._zod?.traits;
	if (traits?.has("$ZodType")) {
		if (traits.has("$ZodCheck")) (_a = iss).schema ?? (_a.schema = iss.inst);
		else iss.schema = iss.inst;
	}
	const schemaError = iss.schema !== iss.inst ? iss.schema?._zod.def?.error : void 0;
	const message = iss.message ? iss.message : unwrapMessage(iss.inst?._zod.def?.error?.(iss)) ?? unwrapMessage(schemaError?.(iss)) ?? unwrapMessage(ctx?.error?.(iss)) ?? unwrapMessage(config.customError?.(iss)) ?? unwrapMessage(config.localeError?.(iss)) ?? "Invalid input";
	const full = {};
	for (const k of Object.keys(iss)) {
		if (k === "inst" || k === "schema" || k === "continue" || k === "input" || k === "__proto__") continue;
		full[k] = iss[k];
	}
	full.path ?? (full.path = []);
	full.message = message;
	if (ctx?.reportInput) full.input = iss.input;
	return full;
}
/**
* Installs a trait's members on its prototype. Each value builds that member for the instance on first read; the built value shadows the accessor as an own property, so a detached `const { parse } = schema` keeps working.
*
* Call this from a `proto` initializer, which runs once per prototype — never per instance.
*/
function members(proto, table) {
	for (const key in table) {
		const desc = Object.getOwnPropertyDescriptor(table, key);
		if (desc.get) Object.defineProperty(proto, key, {
			...desc,
			enumerable: false
		});
		else defineBound(proto, key, desc.value);
	}
}
/** Shadows a prototype member with an own value, so a getter that builds from the instance runs once. */
function own(inst, key, value, enumerable = true) {
	Object.defineProperty(inst, key, {
		configurable: true,
		writable: true,
		enumerable,
		value
	});
	return value;
}
/** Like {@link own}, for a member that was never an own data property and has to stay out of `Object.keys`. */
function hide(inst, key, value) {
	return own(inst, key, value, false);
}
function defineBound(proto, key, fn) {
	Object.defineProperty(proto, key, {
		configurable: true,
		get() {
			return this == null ? fn : own(this, key, fn.bind(this));
		},
		set(value) {
			own(this, key, value);
		}
	});
}
/** Returns the prototype to install on, or `undefined` if this group is already installed on it. */
function claim(inst, sentinel) {
	const proto = Object.getPrototypeOf(inst);
	return sentinel in proto ? void 0 : proto;
}
let installing;
let broke = false;
const breaker = {
	configurable: true,
	get() {
		broke = true;
	}
};
/**
* Installs a lazily-derived internal on the `_zod` prototype of `inst`'s
* constructor, computed from the internals object itself and cached there on
* first read. One accessor per constructor rather than one per instance.
*/
function defineLazyInternal(inst, key, compute) {
	const proto = Object.getPrototypeOf(inst._zod);
	if (key in proto && installing !== inst._zod) {
		installing = void 0;
		return;
	}
	installing = inst._zod;
	Object.defineProperty(proto, key, {
		configurable: true,
		get() {
			Object.defineProperty(this, key, breaker);
			const outer = broke;
			broke = false;
			try {
				const value = compute(this);
				if (broke) delete this[key];
				else Object.defineProperty(this, key, {
					configurable: true,
					writable: true,
					value
				});
				broke = broke || outer;
				return value;
			} catch (err) {
				delete this[key];
				broke = broke || outer;
				throw err;
			}
		},
		set(value) {
			Object.defineProperty(this, key, {
				configurable: true,
				writable: true,
				value
			});
		}
	});
}
/**
* Installs `key` on `inst`'s prototype, computed by `make` on first read and cached there as an own
* data property. One accessor per constructor rather than one per instance, because an own accessor
* puts every instance after the first into v8 dictionary mode. The key doubles as the sentinel.
*/
function installLazyProp(inst, key, make, enumerable) {
	const proto = claim(inst, key);
	if (!proto) return;
	Object.defineProperty(proto, key, {
		configurable: true,
		get() {
			const desc = {
				configurable: true,
				writable: true,
				enumerable,
				value: void 0
			};
			Object.defineProperty(this, key, desc);
			desc.value = make(this);
			Object.defineProperty(this, key, desc);
			return desc.value;
		},
		set(value) {
			Object.defineProperty(this, key, {
				configurable: true,
				writable: true,
				enumerable,
				value
			});
		}
	});
}
/** Marks the thunk `_catch` synthesises for a constant catch value. `Function.length` cannot tell that thunk from a user callback — rest and defaulted parameters both report arity 0 — and a user callback reads `ctx.error`, whose issues only finalize correctly against the caller's per-parse error map. Provenance can say what arity cannot. A plain string key rather than `Symbol.for`, whose call at module scope no bundler can prove pure — the same shape that anchored `urlCanParse` into every build. */
const CONSTANT_CATCH = "~constantCatch";
/** Wraps a constant catch value in a thunk tagged with {@link CONSTANT_CATCH}. */
function constantCatch(value) {
	const fn = () => value;
	fn[CONSTANT_CATCH] = true;
	return fn;
}

// node_modules/zod/v4/core/core.js
var _a;
const _zodDesc = {
	value: void 0,
	enumerable: false
};
let _E = "captureStackTrace" in Error ? Error : null;
function newError(Definition) {
	const E = _E;
	if (E) {
		const saved = E.stackTraceLimit;
		if (typeof saved === "number") {
			try {
				E.stackTraceLimit = 0;
			} catch {
				_E = null;
				return new Definition();
			}
			try {
				return new Definition();
			} finally {
				E.stackTraceLimit = saved;
			}
		}
	}
	return new Definition();
}
/* @__NO_SIDE_EFFECTS__ */
function $constructor(name, initializer, proto, params) {
	const zodProto = {};
	function Internals(def) {
		this.def = def;
		this.constr = _;
		this.traits = /* @__PURE__ */ new Set();
	}
	Internals.prototype = zodProto;
	const protoMembers = proto;
	const initialized = protoMembers && /* @__PURE__ */ new WeakSet();
	function init(inst, def) {
		if (!inst._zod) {
			_zodDesc.value = new Internals(def);
			try {
				Object.defineProperty(inst, "_zod", _zodDesc);
			} finally {
				_zodDesc.value = void 0;
			}
		} else if (inst._zod.traits.has(name)) return;
		inst._zod.traits.add(name);
		initializer(inst, def);
		if (initialized) {
			const own = Object.getPrototypeOf(inst);
			const ctorProto = inst._zod.constr.prototype;
			let up = own;
			while (up && up !== ctorProto) up = Object.getPrototypeOf(up);
			const target = up ?? own;
			if (!initialized.has(target)) {
				initialized.add(target);
				members(target, protoMembers);
			}
		}
		const proto = _.prototype;
		for (const k in proto) {
			if (!Object.prototype.hasOwnProperty.call(proto, k)) continue;
			if (!(k in inst)) inst[k] = proto[k].bind(inst);
		}
	}
	const Parent = params?.Parent ?? Object;
	class Definition extends Parent {}
	Object.defineProperty(Definition, "name", { value: name });
	function _(def) {
		const inst = params?.Parent ? newError(Definition) : this;
		init(inst, def);
		const deferred = inst._zod.deferred;
		if (deferred) {
			for (const fn of deferred) fn();
			inst._zod.deferred = void 0;
		}
		const pp = globalThis.__zod_globalConfig?.postProcessor;
		if (pp) pp(inst);
		return inst;
	}
	Object.defineProperty(_, "init", { value: init });
	Object.defineProperty(_, Symbol.hasInstance, { value: (inst) => {
		if (params?.Parent && inst instanceof params.Parent) return true;
		return inst?._zod?.traits?.has(name);
	} });
	Object.defineProperty(_, "name", { value: name });
	return _;
}
var $ZodAsyncError = class extends Error {
	constructor() {
		super(`Encountered Promise during synchronous parse. Use .parseAsync() instead.`);
	}
};
(_a = globalThis).__zod_globalConfig ?? (_a.__zod_globalConfig = {});
const globalConfig = globalThis.__zod_globalConfig;
function config(newConfig) {
	if (newConfig) Object.assign(globalConfig, newConfig);
	return globalConfig;
}

// node_modules/zod/v4/core/errors.js
function _getMessage() {
	const internals = this._zod;
	internals.message ?? (internals.message = JSON.stringify(internals.def, jsonStringifyReplacer, 2));
	return internals.message;
}
function _setMessage(value) {
	this._zod.message = value;
}
const _messageDesc = {
	get: _getMessage,
	set: _setMessage,
	enumerable: true,
	configurable: true
};
const _issuesDesc = {
	value: void 0,
	enumerable: false
};
const _installedToString = /* @__PURE__ */ new WeakSet([Object.prototype, Error.prototype]);
const initializer = (inst, def) => {
	inst.name = "$ZodError";
	_issuesDesc.value = def;
	Object.defineProperty(inst, "issues", _issuesDesc);
	_issuesDesc.value = void 0;
	Object.defineProperty(inst, "message", _messageDesc);
	const proto = Object.getPrototypeOf(inst);
	if (!_installedToString.has(proto)) {
		_installedToString.add(proto);
		Object.defineProperty(proto, "toString", {
			configurable: true,
			enumerable: false,
			get() {
				const value = () => this.message;
				Object.defineProperty(this, "toString", {
					value,
					configurable: true,
					writable: true
				});
				return value;
			},
			set(value) {
				Object.defineProperty(this, "toString", {
					value,
					configurable: true,
					writable: true
				});
			}
		});
	}
};
const $ZodRealError = /* @__PURE__ */ $constructor("$ZodError", initializer, void 0, { Parent: Error });

// node_modules/zod/v4/core/parse.js
const _parse = (_Err) => {
	const fn = (schema, value, _ctx, _params) => {
		const ctx = _ctx ? {
			..._ctx,
			async: false
		} : { async: false };
		const result = schema._zod.run({
			value,
			issues: []
		}, ctx);
		if (result instanceof Promise) throw new $ZodAsyncError();
		if (result.issues.length) {
			const e = new ((_params?.Err) ?? _Err)(result.issues.map((iss) => finalizeIssue(iss, ctx, config())));
			captureStackTrace(e, _params?.callee ?? fn);
			throw e;
		}
		return result.value;
	};
	return fn;
};
const parse = /* @__PURE__*/ _parse($ZodRealError);
const _parseAsync = (_Err) => {
	const fn = async (schema, value, _ctx, params) => {
		const ctx = _ctx ? {
			..._ctx,
			async: true
		} : { async: true };
		let result = schema._zod.run({
			value,
			issues: []
		}, ctx);
		if (result instanceof Promise) result = await result;
		if (result.issues.length) {
			const e = new ((params?.Err) ?? _Err)(result.issues.map((iss) => finalizeIssue(iss, ctx, config())));
			captureStackTrace(e, params?.callee ?? fn);
			throw e;
		}
		return result.value;
	};
	return fn;
};
const parseAsync = /* @__PURE__*/ _parseAsync($ZodRealError);
const _safeParse = (_Err) => (schema, value, _ctx) => {
	const ctx = _ctx ? {
		..._ctx,
		async: false
	} : { async: false };
	const result = schema._zod.run({
		value,
		issues: []
	}, ctx);
	if (result instanceof Promise) throw new $ZodAsyncError();
	return result.issues.length ? failure(_Err, result.issues, ctx) : {
		success: true,
		data: result.value
	};
};
const safeParse = /* @__PURE__*/ _safeParse($ZodRealError);
function failure(Err, issues, ctx) {
	let error;
	return {
		success: false,
		get error() {
			if (!error) {
				error = new Err(issues.map((iss) => finalizeIssue(iss, ctx, config())));
				issues = void 0;
				ctx = void 0;
			}
			return error;
		},
		set error(e) {
			error = e;
			issues = void 0;
			ctx = void 0;
		}
	};
}
const _safeParseAsync = (_Err) => async (schema, value, _ctx) => {
	const ctx = _ctx ? {
		..._ctx,
		async: true
	} : { async: true };
	let result = schema._zod.run({
		value,
		issues: []
	}, ctx);
	if (result instanceof Promise) result = await result;
	return result.issues.length ? failure(_Err, result.issues, ctx) : {
		success: true,
		data: result.value
	};
};
const safeParseAsync = /* @__PURE__*/ _safeParseAsync($ZodRealError);

// node_modules/zod/v4/core/regexes.js
const anyString = /^[\s\S]{0,}$/;
const number$1 = /^-?\d+(?:\.\d+)?$/;
const boolean$1 = /^(?:true|false)$/i;

// node_modules/zod/v4/core/checks.js
const $ZodCheck = /*@__PURE__*/ $constructor("$ZodCheck", (inst, def) => {
	var _a;
	inst._zod ?? (inst._zod = {});
	inst._zod.def = def;
	(_a = inst._zod).onattach ?? (_a.onattach = []);
});
const numericOriginMap = {
	number: "number",
	bigint: "bigint",
	object: "date"
};
const $ZodCheckGreaterThan = /*@__PURE__*/ $constructor("$ZodCheckGreaterThan", (inst, def) => {
	$ZodCheck.init(inst, def);
	const origin = numericOriginMap[typeof def.value];
	inst._zod.check = (payload) => {
		if (def.inclusive ? payload.value >= def.value : payload.value > def.value) return;
		payload.issues.push({
			origin: numericOriginMap[typeof payload.value] ?? origin,
			code: "too_small",
			minimum: typeof def.value === "object" ? def.value.getTime() : def.value,
			input: payload.value,
			inclusive: def.inclusive,
			inst,
			continue: !def.abort
		});
	};
});
const $ZodCheckNumberFormat = /*@__PURE__*/ $constructor("$ZodCheckNumberFormat", (inst, def) => {
	$ZodCheck.init(inst, def);
	def.format = def.format || "float64";
	const isInt = def.format?.includes("int");
	const origin = isInt ? "int" : "number";
	const [minimum, maximum] = NUMBER_FORMAT_RANGES[def.format];
	inst._zod.check = (payload) => {
		const input = payload.value;
		if (isInt) {
			if (!Number.isInteger(input)) {
				payload.issues.push({
					expected: origin,
					format: def.format,
					code: "invalid_type",
					continue: false,
					input,
					inst
				});
				return;
			}
			if (!Number.isSafeInteger(input)) {
				if (input > 0) payload.issues.push({
					input,
					code: "too_big",
					maximum: Number.MAX_SAFE_INTEGER,
					note: "Integers must be within the safe integer range.",
					inst,
					origin,
					inclusive: true,
					continue: !def.abort
				});
				else payload.issues.push({
					input,
					code: "too_small",
					minimum: Number.MIN_SAFE_INTEGER,
					note: "Integers must be within the safe integer range.",
					inst,
					origin,
					inclusive: true,
					continue: !def.abort
				});
				return;
			}
		}
		if (input < minimum) payload.issues.push({
			origin: "number",
			input,
			code: "too_small",
			minimum,
			inclusive: true,
			inst,
			continue: !def.abort
		});
		if (input > maximum) payload.issues.push({
			origin: "number",
			input,
			code: "too_big",
			maximum,
			inclusive: true,
			inst,
			continue: !def.abort
		});
	};
});
const $ZodCheckStringFormat = /*@__PURE__*/ $constructor("$ZodCheckStringFormat", (inst, def) => {
	var _a, _b;
	$ZodCheck.init(inst, def);
	if (def.pattern) (_a = inst._zod).check ?? (_a.check = (payload) => {
		def.pattern.lastIndex = 0;
		if (def.pattern.test(payload.value)) return;
		payload.issues.push({
			origin: "string",
			code: "invalid_format",
			format: def.format,
			input: payload.value,
			...def.pattern ? { pattern: def.pattern.toString() } : {},
			inst,
			continue: !def.abort
		});
	});
	else (_b = inst._zod).check ?? (_b.check = () => {});
});
const $ZodCheckRegex = /*@__PURE__*/ $constructor("$ZodCheckRegex", (inst, def) => {
	$ZodCheckStringFormat.init(inst, def);
	inst._zod.check = (payload) => {
		def.pattern.lastIndex = 0;
		if (def.pattern.test(payload.value)) return;
		payload.issues.push({
			origin: "string",
			code: "invalid_format",
			format: "regex",
			input: payload.value,
			pattern: def.pattern.toString(),
			inst,
			continue: !def.abort
		});
	};
});

// node_modules/zod/v4/core/versions.js
const version = {
	major: 4,
	minor: 6,
	patch: 7
};

// node_modules/zod/v4/core/schemas.js
const $ZodType = /*@__PURE__*/ $constructor("$ZodType", (inst, def) => {
	var _a;
	inst ?? (inst = {});
	inst._zod.def = def;
	inst._zod.bag = inst._zod.bag || {};
	inst._zod.version = version;
	const defChecks = inst._zod.def.checks;
	const checks = inst._zod.traits.has("$ZodCheck") ? [inst, ...defChecks ?? []] : defChecks?.length ? [...defChecks] : [];
	for (const ch of checks) for (const fn of ch._zod.onattach) fn(inst);
	if (checks.length === 0) {
		(_a = inst._zod).deferred ?? (_a.deferred = []);
		inst._zod.deferred?.push(() => {
			inst._zod.run = inst._zod.parse;
		});
	} else {
		const runChecks = (payload, checks, ctx) => {
			if (payload.memo) return payload;
			let isAborted = aborted(payload);
			let asyncResult;
			for (const ch of checks) {
				if (ch._zod.def.when) {
					if (explicitlyAborted(payload)) continue;
					if (!ch._zod.def.when(payload)) continue;
				} else if (isAborted) continue;
				const currLen = payload.issues.length;
				const _ = ch._zod.check(payload);
				if (_ instanceof Promise && ctx?.async === false) throw new $ZodAsyncError();
				if (asyncResult || _ instanceof Promise) asyncResult = (asyncResult ?? Promise.resolve()).then(async () => {
					await _;
					if (payload.issues.length === currLen) return;
					attachSchema(payload.issues, currLen, inst);
					if (!isAborted) isAborted = aborted(payload, currLen);
				});
				else {
					if (payload.issues.length === currLen) continue;
					attachSchema(payload.issues, currLen, inst);
					if (!isAborted) isAborted = aborted(payload, currLen);
				}
			}
			if (asyncResult) return asyncResult.then(() => {
				return payload;
			});
			return payload;
		};
		const handleCanaryResult = (canary, payload, ctx) => {
			if (aborted(canary)) {
				canary.aborted = true;
				return canary;
			}
			const checkResult = runChecks(payload, checks, ctx);
			if (checkResult instanceof Promise) {
				if (ctx.async === false) throw new $ZodAsyncError();
				return checkResult.then((checkResult) => inst._zod.parse(checkResult, ctx));
			}
			return inst._zod.parse(checkResult, ctx);
		};
		inst._zod.run = (payload, ctx) => {
			if (ctx.skipChecks) return inst._zod.parse(payload, ctx);
			if (ctx.direction === "backward") {
				const canary = inst._zod.parse({
					value: payload.value,
					issues: []
				}, {
					...ctx,
					skipChecks: true
				});
				if (canary instanceof Promise) return canary.then((canary) => {
					return handleCanaryResult(canary, payload, ctx);
				});
				return handleCanaryResult(canary, payload, ctx);
			}
			const result = inst._zod.parse(payload, ctx);
			if (result instanceof Promise) {
				if (ctx.async === false) throw new $ZodAsyncError();
				return result.then((result) => runChecks(result, checks, ctx));
			}
			return runChecks(result, checks, ctx);
		};
	}
}, {
	get "~standard"() {
		return hide(this, "~standard", standardProps(this));
	},
	set "~standard"(value) {
		own(this, "~standard", value);
	}
});
/** The Standard Schema surface for `inst`. Shared so wrappers can extend it without forcing it. */
const toStandardResult = (r, ctx) => r.issues.length ? { issues: r.issues.map((iss) => finalizeIssue(iss, ctx, config())) } : { value: r.value };
async function validateAsync(inst, value) {
	const ctx = { async: true };
	return toStandardResult(await inst._zod.run({
		value,
		issues: []
	}, ctx), ctx);
}
function standardProps(inst) {
	return {
		validate: (value) => {
			const ctx = { async: false };
			try {
				const r = inst._zod.run({
					value,
					issues: []
				}, ctx);
				if (!(r instanceof Promise)) return toStandardResult(r, ctx);
			} catch (_) {}
			return validateAsync(inst, value);
		},
		vendor: "zod",
		version: 1
	};
}
const $ZodString = /*@__PURE__*/ $constructor("$ZodString", (inst, def) => {
	$ZodType.init(inst, def);
	inst._zod.pattern = def.pattern ?? anyString;
	inst._zod.parse = (payload, _) => {
		if (def.coerce) try {
			payload.value = String(payload.value);
		} catch (_) {}
		if (typeof payload.value === "string") return payload;
		payload.issues.push({
			expected: "string",
			code: "invalid_type",
			input: payload.value,
			inst
		});
		return payload;
	};
});
const $ZodNumber = /*@__PURE__*/ $constructor("$ZodNumber", (inst, def) => {
	$ZodType.init(inst, def);
	inst._zod.pattern = number$1;
	inst._zod.parse = (payload, _ctx) => {
		if (def.coerce) try {
			payload.value = Number(payload.value);
		} catch (_) {}
		const input = payload.value;
		if (typeof input === "number" && !Number.isNaN(input) && Number.isFinite(input)) return payload;
		const received = typeof input === "number" ? Number.isNaN(input) ? "NaN" : !Number.isFinite(input) ? String(input) : void 0 : void 0;
		payload.issues.push({
			expected: "number",
			code: "invalid_type",
			input,
			inst,
			...received ? { received } : {}
		});
		return payload;
	};
});
const $ZodNumberFormat = /*@__PURE__*/ $constructor("$ZodNumberFormat", (inst, def) => {
	$ZodCheckNumberFormat.init(inst, def);
	$ZodNumber.init(inst, def);
});
const $ZodBoolean = /*@__PURE__*/ $constructor("$ZodBoolean", (inst, def) => {
	$ZodType.init(inst, def);
	inst._zod.pattern = boolean$1;
	inst._zod.parse = (payload, _ctx) => {
		if (def.coerce) try {
			payload.value = Boolean(payload.value);
		} catch (_) {}
		const input = payload.value;
		if (typeof input === "boolean") return payload;
		payload.issues.push({
			expected: "boolean",
			code: "invalid_type",
			input,
			inst
		});
		return payload;
	};
});
const $ZodUnknown = /*@__PURE__*/ $constructor("$ZodUnknown", (inst, def) => {
	$ZodType.init(inst, def);
	inst._zod.parse = (payload) => payload;
});
function capSize(inst, size) {
	const caps = sizeCaps(inst._zod.def.checks);
	if (!caps.length) return;
	const cap = Math.min(...caps.map((c) => c[0]));
	const parse = inst._zod.parse;
	inst._zod.parse = (payload, ctx) => {
		const n = size(payload.value);
		if (n > cap && !ctx?.skipChecks && ctx?.direction !== "backward") {
			for (const [max, ch] of sizeCaps(inst._zod.def.checks)) if (n > max && ch._zod.def.when(payload)) {
				const start = payload.issues.length;
				ch._zod.check(payload);
				payload.issues[start].continue = false;
				attachSchema(payload.issues, start, inst);
				return payload;
			}
		}
		return parse(payload, ctx);
	};
}
const arraySize = (input) => Array.isArray(input) ? input.length : -1;
function handleArrayResult(result, final, index) {
	if (result.issues.length) final.issues.push(...prefixIssues(index, result.issues));
	final.value[index] = result.value;
}
const $ZodArray = /*@__PURE__*/ $constructor("$ZodArray", (inst, def) => {
	$ZodType.init(inst, def);
	const memo = globalConfig.memoizer;
	memo?.attach(inst);
	inst._zod.parse = (payload, ctx) => {
		const input = payload.value;
		if (!Array.isArray(input)) {
			payload.issues.push({
				expected: "array",
				code: "invalid_type",
				input,
				inst
			});
			return payload;
		}
		payload.value = memo ? memo.alloc(inst, payload, Array(input.length), ctx) : Array(input.length);
		const proms = [];
		const abortEarly = ctx?.abortEarly;
		for (let i = 0; i < input.length; i++) {
			const item = input[i];
			const result = def.element._zod.run({
				value: item,
				issues: []
			}, ctx);
			if (result instanceof Promise) proms.push(result.then((result) => handleArrayResult(result, payload, i)));
			else {
				handleArrayResult(result, payload, i);
				if (abortEarly && result.issues.length !== 0 && aborted(result)) break;
			}
		}
		if (proms.length) return Promise.all(proms).then(() => payload);
		return payload;
	};
	capSize(inst, arraySize);
});
function handlePropertyResult(result, final, key, input, optin, optout) {
	const isPresent = key in input;
	const isOptionalOut = optout === "optional";
	if (!isPresent && isOptionalOut && optin === "optional") return;
	if (result.issues.length) {
		if (optin !== void 0 && isOptionalOut && !isPresent) return;
		final.issues.push(...prefixIssues(key, result.issues));
	}
	if (!isPresent && optin === void 0) {
		if (!result.issues.length) final.issues.push({
			code: "invalid_type",
			expected: "nonoptional",
			input: void 0,
			path: [key]
		});
		return;
	}
	if (result.value === void 0) {
		if (isPresent || optin === "defaulted" && !isOptionalOut) final.value[key] = void 0;
	} else final.value[key] = result.value;
}
const NO_SYMBOL_KEYS = [];
function normalizeDef(def) {
	const keys = Object.keys(def.shape);
	const ownSymbols = Object.getOwnPropertySymbols(def.shape);
	const symbolKeys = ownSymbols.length ? ownSymbols : NO_SYMBOL_KEYS;
	const allKeys = symbolKeys.length ? [...keys, ...symbolKeys] : keys;
	for (const k of allKeys) if (!def.shape?.[k]?._zod?.traits?.has("$ZodType")) throw new Error(`Invalid element at key "${String(k)}": expected a Zod schema`);
	const okeys = optionalKeys(def.shape);
	return {
		...def,
		allKeys,
		symbolKeys,
		keySet: new Set(keys),
		numKeys: keys.length,
		optionalKeys: new Set(okeys)
	};
}
function handleCatchall(proms, input, payload, ctx, def, inst, abortEarly) {
	const unrecognized = [];
	const keySet = def.keySet;
	const _catchall = def.catchall._zod;
	const t = _catchall.def.type;
	const optin = _catchall.optin;
	const optout = _catchall.optout;
	let seen = 0;
	for (const key in input) {
		if (abortEarly && payload.issues.length !== seen) {
			if (aborted(payload, seen)) break;
			seen = payload.issues.length;
		}
		if (keySet.has(key)) continue;
		if (key === "__proto__") {
			if (t === "never") unrecognized.push(key);
			continue;
		}
		if (t === "never") {
			unrecognized.push(key);
			continue;
		}
		const r = _catchall.run({
			value: input[key],
			issues: []
		}, ctx);
		if (r instanceof Promise) proms.push(r.then((r) => handlePropertyResult(r, payload, key, input, optin, optout)));
		else handlePropertyResult(r, payload, key, input, optin, optout);
	}
	if (unrecognized.length) payload.issues.push({
		code: "unrecognized_keys",
		keys: unrecognized,
		input,
		inst,
		continue: true
	});
	if (!proms.length) return payload;
	return Promise.all(proms).then(() => {
		return payload;
	});
}
const $ZodObject = /*@__PURE__*/ $constructor("$ZodObject", (inst, def) => {
	$ZodType.init(inst, def);
	const desc = Object.getOwnPropertyDescriptor(def, "shape");
	const sh = desc?.get ? desc.get.raw : def.shape ?? {};
	if (sh) {
		const get = () => {
			const newSh = { ...sh };
			Object.defineProperty(def, "shape", { value: newSh });
			get.raw = newSh;
			return newSh;
		};
		get.raw = sh;
		Object.defineProperty(def, "shape", { get });
	}
	const _normalized = cached(() => normalizeDef(def));
	defineLazyInternal(inst, "propValues", (zod) => {
		const shape = zod.def.shape;
		const propValues = {};
		for (const key in shape) {
			const field = shape[key]._zod;
			if (field.values) {
				if (!Object.prototype.hasOwnProperty.call(propValues, key)) assignProp(propValues, key, /* @__PURE__ */ new Set());
				for (const v of field.values) propValues[key].add(v);
				if (field.optin !== void 0) propValues[key].add(void 0);
			}
		}
		return propValues;
	});
	const isObject$1 = isObject;
	const catchall = def.catchall;
	let value;
	const memo = globalConfig.memoizer;
	memo?.attach(inst);
	inst._zod.parse = (payload, ctx) => {
		value ?? (value = _normalized.value);
		const input = payload.value;
		if (!isObject$1(input)) {
			payload.issues.push({
				expected: "object",
				code: "invalid_type",
				input,
				inst
			});
			return payload;
		}
		payload.value = memo ? memo.alloc(inst, payload, {}, ctx) : {};
		const proms = [];
		const shape = value.shape;
		const abortEarly = ctx?.abortEarly;
		let seen = payload.issues.length;
		for (const key of value.allKeys) {
			if (abortEarly && payload.issues.length !== seen) {
				if (aborted(payload, seen)) break;
				seen = payload.issues.length;
			}
			if (key === "__proto__") continue;
			const el = shape[key];
			const optin = el._zod.optin;
			const optout = el._zod.optout;
			const r = el._zod.run({
				value: input[key],
				issues: []
			}, ctx);
			if (r instanceof Promise) proms.push(r.then((r) => handlePropertyResult(r, payload, key, input, optin, optout)));
			else handlePropertyResult(r, payload, key, input, optin, optout);
		}
		if (!catchall) return proms.length ? Promise.all(proms).then(() => payload) : payload;
		return handleCatchall(proms, input, payload, ctx, _normalized.value, inst, abortEarly === true);
	};
});
const $ZodEnum = /*@__PURE__*/ $constructor("$ZodEnum", (inst, def) => {
	$ZodType.init(inst, def);
	const values = getEnumValues(def.entries);
	const valuesSet = new Set(values);
	inst._zod.values = valuesSet;
	defineLazyInternal(inst, "pattern", (zod) => {
		const patternValues = getEnumValues(zod.def.entries).filter((k) => propertyKeyTypes.has(typeof k));
		return new RegExp(patternValues.length ? `^(${patternValues.map((o) => escapeRegex(o.toString())).join("|")})$` : "^[^\\s\\S]$");
	});
	inst._zod.parse = (payload, _ctx) => {
		const input = payload.value;
		if (valuesSet.has(input)) return payload;
		payload.issues.push({
			code: "invalid_value",
			values,
			input,
			inst
		});
		return payload;
	};
});
function handleOptionalResult(payload, result) {
	payload.value = result.issues.length ? void 0 : result.value;
	return payload;
}
const $ZodOptional = /*@__PURE__*/ $constructor("$ZodOptional", (inst, def) => {
	$ZodType.init(inst, def);
	defineLazyInternal(inst, "optin", (zod) => zod.def.innerType._zod.optin === "defaulted" ? "defaulted" : "optional");
	inst._zod.optout = "optional";
	defineLazyInternal(inst, "values", (zod) => {
		const values = zod.def.innerType._zod.values;
		return values ? /* @__PURE__ */ new Set([...values, void 0]) : void 0;
	});
	defineLazyInternal(inst, "pattern", (zod) => {
		const pattern = zod.def.innerType._zod.pattern;
		return pattern ? new RegExp(`^(${cleanRegex(pattern.source)})?$`) : void 0;
	});
	inst._zod.parse = (payload, ctx) => {
		if (payload.value === void 0) {
			if (def.innerType._zod.optin !== "defaulted") return payload;
			const result = def.innerType._zod.run({
				value: payload.value,
				issues: []
			}, ctx);
			if (result instanceof Promise) return result.then((result) => handleOptionalResult(payload, result));
			return handleOptionalResult(payload, result);
		}
		return def.innerType._zod.run(payload, ctx);
	};
});
const $ZodNullable = /*@__PURE__*/ $constructor("$ZodNullable", (inst, def) => {
	$ZodType.init(inst, def);
	defineLazyInternal(inst, "optin", (zod) => zod.def.innerType._zod.optin);
	defineLazyInternal(inst, "optout", (zod) => zod.def.innerType._zod.optout);
	defineLazyInternal(inst, "pattern", (zod) => {
		const pattern = zod.def.innerType._zod.pattern;
		return pattern ? new RegExp(`^(${cleanRegex(pattern.source)}|null)$`) : void 0;
	});
	defineLazyInternal(inst, "values", (zod) => {
		return zod.def.innerType._zod.values ? /* @__PURE__ */ new Set([...zod.def.innerType._zod.values, null]) : void 0;
	});
	inst._zod.parse = (payload, ctx) => {
		if (payload.value === null) return payload;
		return def.innerType._zod.run(payload, ctx);
	};
});
function handleCatchResult(payload, result, def, ctx) {
	if (!result.issues.length) {
		payload.value = result.value;
		if (result.memo) payload.memo = true;
		return payload;
	}
	payload.value = def.catchValue({
		...result,
		value: payload.value,
		error: { issues: result.issues.map((iss) => finalizeIssue(iss, ctx, config())) },
		input: payload.value
	});
	return payload;
}
const $ZodCatch = /*@__PURE__*/ $constructor("$ZodCatch", (inst, def) => {
	$ZodType.init(inst, def);
	defineLazyInternal(inst, "optin", (zod) => zod.def.innerType._zod.optin === "defaulted" ? "defaulted" : "optional");
	defineLazyInternal(inst, "optout", (zod) => zod.def.innerType._zod.optout);
	defineLazyInternal(inst, "values", (zod) => zod.def.innerType._zod.values);
	inst._zod.parse = (payload, ctx) => {
		if (ctx.direction === "backward") return def.innerType._zod.run(payload, ctx);
		const result = def.innerType._zod.run({
			value: payload.value,
			issues: []
		}, ctx);
		if (result instanceof Promise) return result.then((result) => handleCatchResult(payload, result, def, ctx));
		return handleCatchResult(payload, result, def, ctx);
	};
});

// node_modules/zod/v4/core/api.js
function snapshotChecks(def) {
	if (def.checks) def.checks = [...def.checks];
	return def;
}
// @__NO_SIDE_EFFECTS__
function _string(Class, params) {
	return new Class(snapshotChecks({
		type: "string",
		...normalizeParams(params)
	}));
}
// @__NO_SIDE_EFFECTS__
function _number(Class, params) {
	return new Class(snapshotChecks({
		type: "number",
		checks: [],
		...normalizeParams(params)
	}));
}
// @__NO_SIDE_EFFECTS__
function _int(Class, params) {
	return new Class({
		type: "number",
		check: "number_format",
		abort: false,
		format: "safeint",
		...normalizeParams(params)
	});
}
// @__NO_SIDE_EFFECTS__
function _boolean(Class, params) {
	return new Class({
		type: "boolean",
		...normalizeParams(params)
	});
}
// @__NO_SIDE_EFFECTS__
function _unknown(Class) {
	return new Class({ type: "unknown" });
}
// @__NO_SIDE_EFFECTS__
function _gte(value, params) {
	return new $ZodCheckGreaterThan({
		check: "greater_than",
		...normalizeParams(params),
		value,
		inclusive: true
	});
}
// @__NO_SIDE_EFFECTS__
function _nonnegative(params) {
	return /* @__PURE__ */ _gte(0, params);
}
// @__NO_SIDE_EFFECTS__
function _regex(pattern, params) {
	return new $ZodCheckRegex({
		check: "string_format",
		format: "regex",
		...normalizeParams(params),
		pattern
	});
}

// node_modules/zod/v4/mini/schemas.js
const ZodMiniType = /*@__PURE__*/ $constructor("ZodMiniType", (inst, def) => {
	if (!inst._zod) throw new Error("Uninitialized schema in ZodMiniType.");
	$ZodType.init(inst, def);
	inst.def = def;
	inst.type = def.type;
}, {
	get with() {
		return this.check;
	},
	set with(value) {
		own(this, "with", value);
	},
	parse(data, params) {
		return parse(this, data, params, { callee: this.parse });
	},
	parseAsync(data, params) {
		return parseAsync(this, data, params, { callee: this.parseAsync });
	},
	safeParse(data, params) {
		return safeParse(this, data, params);
	},
	safeParseAsync(data, params) {
		return safeParseAsync(this, data, params);
	},
	check(...checks) {
		const def = this.def;
		return this.clone({
			...def,
			checks: [...def.checks ?? [], ...checks.map((ch) => typeof ch === "function" ? { _zod: {
				check: ch,
				def: { check: "custom" },
				onattach: []
			} } : ch)]
		}, { parent: true });
	},
	clone(_def, params) {
		return clone(this, _def, params);
	},
	brand() {
		return this;
	},
	register(reg, meta) {
		reg.add(this, meta);
		return this;
	},
	apply(fn, ...args) {
		return args.length === 0 ? fn(this) : fn(this, ...args);
	}
});
const ZodMiniString = /*@__PURE__*/ $constructor("ZodMiniString", (inst, def) => {
	$ZodString.init(inst, def);
	ZodMiniType.init(inst, def);
});
// @__NO_SIDE_EFFECTS__
function string(params) {
	return _string(ZodMiniString, params);
}
const ZodMiniNumber = /*@__PURE__*/ $constructor("ZodMiniNumber", (inst, def) => {
	$ZodNumber.init(inst, def);
	ZodMiniType.init(inst, def);
});
// @__NO_SIDE_EFFECTS__
function number(params) {
	return _number(ZodMiniNumber, params);
}
const ZodMiniNumberFormat = /*@__PURE__*/ $constructor("ZodMiniNumberFormat", (inst, def) => {
	$ZodNumberFormat.init(inst, def);
	ZodMiniNumber.init(inst, def);
});
function int(params) {
	return _int(ZodMiniNumberFormat, params);
}
const ZodMiniBoolean = /*@__PURE__*/ $constructor("ZodMiniBoolean", (inst, def) => {
	$ZodBoolean.init(inst, def);
	ZodMiniType.init(inst, def);
});
// @__NO_SIDE_EFFECTS__
function boolean(params) {
	return _boolean(ZodMiniBoolean, params);
}
const ZodMiniUnknown = /*@__PURE__*/ $constructor("ZodMiniUnknown", (inst, def) => {
	$ZodUnknown.init(inst, def);
	ZodMiniType.init(inst, def);
});
// @__NO_SIDE_EFFECTS__
function unknown() {
	return _unknown(ZodMiniUnknown);
}
const ZodMiniArray = /*@__PURE__*/ $constructor("ZodMiniArray", (inst, def) => {
	$ZodArray.init(inst, def);
	ZodMiniType.init(inst, def);
});
// @__NO_SIDE_EFFECTS__
function array(element, params) {
	return new ZodMiniArray({
		type: "array",
		element,
		...normalizeParams(params)
	});
}
const ZodMiniObject = /*@__PURE__*/ $constructor("ZodMiniObject", (inst, def) => {
	$ZodObject.init(inst, def);
	ZodMiniType.init(inst, def);
	installLazyProp(inst, "shape", (self) => self._zod.def.shape, false);
});
// @__NO_SIDE_EFFECTS__
function object(shape, params) {
	const def = {
		type: "object",
		shape: shape ?? {},
		...normalizeParams(params)
	};
	return new ZodMiniObject(def);
}
// @__NO_SIDE_EFFECTS__
function looseObject(shape, params) {
	return new ZodMiniObject({
		type: "object",
		shape,
		catchall: /* @__PURE__ */ unknown(),
		...normalizeParams(params)
	});
}
const ZodMiniEnum = /*@__PURE__*/ $constructor("ZodMiniEnum", (inst, def) => {
	$ZodEnum.init(inst, def);
	ZodMiniType.init(inst, def);
	inst.options = [...inst._zod.values];
});
// @__NO_SIDE_EFFECTS__
function _enum(values, params) {
	const entries = Array.isArray(values) ? Object.fromEntries(values.map((v) => [v, v])) : values;
	return new ZodMiniEnum({
		type: "enum",
		entries,
		...normalizeParams(params)
	});
}
const ZodMiniOptional = /*@__PURE__*/ $constructor("ZodMiniOptional", (inst, def) => {
	$ZodOptional.init(inst, def);
	ZodMiniType.init(inst, def);
});
// @__NO_SIDE_EFFECTS__
function optional(innerType) {
	return new ZodMiniOptional({
		type: "optional",
		innerType
	});
}
const ZodMiniNullable = /*@__PURE__*/ $constructor("ZodMiniNullable", (inst, def) => {
	$ZodNullable.init(inst, def);
	ZodMiniType.init(inst, def);
});
// @__NO_SIDE_EFFECTS__
function nullable(innerType) {
	return new ZodMiniNullable({
		type: "nullable",
		innerType
	});
}
// @__NO_SIDE_EFFECTS__
function nullish(innerType) {
	return /* @__PURE__ */ optional(/* @__PURE__ */ nullable(innerType));
}
const ZodMiniCatch = /*@__PURE__*/ $constructor("ZodMiniCatch", (inst, def) => {
	$ZodCatch.init(inst, def);
	ZodMiniType.init(inst, def);
});
// @__NO_SIDE_EFFECTS__
function _catch(innerType, catchValue) {
	return new ZodMiniCatch({
		type: "catch",
		innerType,
		catchValue: typeof catchValue === "function" ? catchValue : constantCatch(catchValue)
	});
}

// cli/client/exchange.ts
/**
* One HTTP request and the beginning of its answer. By node:http, not fetch: an answer that comes before a file was sent (a
* refused token, a file too large) is read and ends the upload, and only a connection on which nothing moves is given up.
*/
/** A connection is given up after this long without anything sent or received; an answer that comes by drops, after twice as long. */
const stillMilliseconds = 12e4;
/** Throws ClientError UNREACHABLE, ABORTED, or USAGE where a file to be sent can't be read. Redirects aren't followed. */
async function exchange(url, outgoing) {
	const { method, headers, body, signal } = outgoing;
	const { promise, resolve, reject } = Promise.withResolvers();
	const { request: open } = url.protocol === "https:" ? https : http;
	const length = typeof body === "string" ? Buffer.byteLength(body) : body?.sizeBytes;
	const request = open(url, {
		method,
		headers: {
			...headers,
			...length === void 0 ? {} : { "content-length": String(length) }
		}
	});
	const source = typeof body === "object" ? body.open() : null;
	const abort = () => {
		request.destroy(new ClientError("ABORTED", "it was interrupted"));
	};
	if (signal?.aborted === true) abort();
	signal?.addEventListener("abort", abort, { once: true });
	const still = outgoing.stillMilliseconds ?? stillMilliseconds;
	let answer = null;
	let timer = null;
	const giveUp = () => {
		const error = Object.assign(/* @__PURE__ */ new Error("nothing moves"), { code: stillCode });
		answer?.destroy(error);
		request.destroy(error);
	};
	const arm = () => {
		timer ??= setTimeout(giveUp, outgoing.withinMilliseconds ?? 2 * still);
	};
	request.setTimeout(still, giveUp);
	request.once("finish", arm);
	request.once("response", (response) => {
		source?.destroy();
		answer = response;
		arm();
		if (outgoing.streams === true && timer !== null) clearTimeout(timer);
		response.on("error", () => void 0);
		resolve(response);
	});
	request.once("close", () => {
		signal?.removeEventListener("abort", abort);
		if (timer !== null) clearTimeout(timer);
	});
	request.on("error", reject);
	source?.once("error", (error) => {
		reject(new ClientError("USAGE", `the file can’t be read: ${error.message}`, { cause: error }));
		request.destroy();
	});
	if (source === null) request.end(typeof body === "string" ? body : void 0);
	else source.pipe(request);
	try {
		const response = await promise;
		return {
			url,
			status: response.statusCode ?? 0,
			header: headerOf(response),
			body: response
		};
	} catch (error) {
		source?.destroy();
		throw networkFailure(url, error);
	}
}
const headerOf = ({ headers }) => (name) => {
	const value = headers[name];
	return typeof value === "string" ? value : value?.[0] ?? null;
};
/** The body as text, `bytesMax` of it at most; what broke off is an error only where `whole` is asked for. */
async function textOf$1({ url, body }, { bytesMax, whole }) {
	const chunks = [];
	let bytes = 0;
	try {
		for await (const chunk of body) {
			bytes += chunk.length;
			if (bytes > bytesMax) {
				body.destroy();
				if (whole) throw new ClientError("NOT_A_PORTAL", `${url.origin} answered with more than ${bytesMax} bytes.`);
				chunks.push(chunk.subarray(0, chunk.length - (bytes - bytesMax)));
				break;
			}
			chunks.push(chunk);
		}
	} catch (error) {
		if (whole) throw networkFailure(url, error);
	}
	return Buffer.concat(chunks).toString("utf8");
}

// cli/client/problem-view.ts
/** What the portal says of a refusal. */
const lineSchema = looseObject({
	file: string(),
	line: number(),
	column: number()
});
const findingSchema = looseObject({
	rule: string(),
	outcome: _enum([
		"pass",
		"fail",
		"info"
	]),
	message: string(),
	expected: nullable(string()),
	found: nullable(string()),
	fix: nullable(string()),
	policy: nullish(lineSchema),
	path: optional(array(string()))
});

// cli/client/problem.ts
/** A portal's answer that isn't 2xx: its problem document (RFC 9457), and the error that says so. */
const problemSchema = looseObject({
	title: optional(string()),
	detail: optional(string()),
	code: optional(string()),
	fix: optional(string()),
	findings: _catch(optional(array(findingSchema)), void 0)
});
/** An answer that isn't 2xx → the error to throw. */
function refusal({ url, status, header, text, identified }) {
	if (status >= 300 && status < 400) return new ClientError("NOT_A_PORTAL", `${url.origin} sends elsewhere, to ${header("location") ?? "nowhere"}. The token goes to nobody who wasn’t named: set --url or COUNTERSIGN_URL to the portal’s own address.`);
	const { problem, title } = readProblem(status, text);
	const name = `${status} ${problem.code ?? STATUS_CODES[status] ?? ""}`.trim();
	const parts = title === null ? [`${url.origin} answered with no reason (${header("content-type") ?? "no content type"}). ${adviceFor(status)}`] : [problem.detail ?? title, problem.fix ?? ""];
	if (status === 401) parts.push(identified ? "What was sent came from --token or COUNTERSIGN_TOKEN." : "No token was sent: set COUNTERSIGN_TOKEN or --token.");
	const wait = header("retry-after");
	const retryAfterSeconds = wait !== null && /^\d{1,6}$/.test(wait) ? Number(wait) : null;
	if (retryAfterSeconds !== null) parts.push(`Try again in ${retryAfterSeconds} s.`);
	const said = `${name}: ${parts.filter((part) => part !== "").join(" ")}`;
	return new ClientError(codeOf(status), said, {
		problem,
		retryAfterSeconds
	});
}
function codeOf(status) {
	if (status === 401) return "NOT_SIGNED_IN";
	return status === 408 || status === 429 || status >= 500 ? "UNAVAILABLE" : "REFUSED";
}
/** `title` null: the body is no problem document. */
function readProblem(status, text) {
	const nothing = {
		status,
		code: null,
		detail: null,
		fix: null,
		findings: [],
		members: {}
	};
	try {
		const read = problemSchema.parse(JSON.parse(text));
		const title = read.detail ?? read.title ?? null;
		if (title === null) return {
			problem: nothing,
			title
		};
		return {
			problem: {
				status,
				code: read.code ?? null,
				detail: read.detail ?? null,
				fix: read.fix ?? null,
				findings: read.findings ?? [],
				members: read
			},
			title
		};
	} catch {
		return {
			problem: nothing,
			title: null
		};
	}
}
function adviceFor(status) {
	if (status === 413) return "A proxy before the portal may allow less than the portal: ask its operator.";
	if (status >= 500) return "It is out of order, or a proxy before it: try again later.";
	return "Is it a Countersign portal, and does --url name it without a path?";
}

// cli/client/portal.ts
/** A portal and who calls it: one call, with its credential; answers are parsed, and every other answer is a ClientError. */
const problemBytesMax = 4e4;
const answerBytesMax$2 = 67108864;
/** One attempt. */
async function callOnce(portal, path, call, signal) {
	const url = new URL(path, portal.url);
	const { accepts = [], headers = {}, identity, ...rest } = call;
	const token = await tokenFor(portal.token, identity);
	const authorization = token === null ? {} : { authorization: `Bearer ${checked(token, url)}` };
	const incoming = await exchange(url, {
		...rest,
		signal,
		headers: {
			...headers,
			...authorization
		}
	});
	const { status, header } = incoming;
	if (status >= 200 && status < 300 || accepts.includes(status)) return incoming;
	const text = await textOf$1(incoming, {
		bytesMax: problemBytesMax,
		whole: false
	});
	throw refusal({
		url,
		status,
		header,
		text,
		identified: token !== null
	});
}
/** The same, tried again while it may pass: for calls that do no harm twice. */
const callPortal = (portal, path, call, going = {}) => patiently(going, () => callOnce(portal, path, call, going.signal));
async function tokenFor(token, identity) {
	if (typeof token !== "function") return token === null || token.trim() === "" ? null : token.trim();
	return identity === "if-there" ? null : token({ fresh: identity === "fresh" });
}
function checked(token, url) {
	if (/^[\x21-\x7e]+$/.test(token)) return token;
	throw new ClientError("USAGE", `The API token holds characters that no token has (a line break, or letters beyond ASCII). Copy it again from ${url.origin}; it starts with csn_.`);
}
/** The body of a 2xx answer as text. */
const bodyOf = (incoming) => textOf$1(incoming, {
	bytesMax: answerBytesMax$2,
	whole: true
});
/** A 2xx answer's body as `schema` has it; anything else (a login page, an older portal) is named. */
async function readAnswer(incoming, schema) {
	const text = await bodyOf(incoming);
	let why = incoming.header("content-type") ?? "no content type";
	try {
		const read = safeParse(schema, JSON.parse(text));
		if (read.success) return read.data;
		const [issue] = read.error.issues;
		why = `${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`;
	} catch (error) {
		if (!(error instanceof SyntaxError)) throw error;
	}
	throw new ClientError("NOT_A_PORTAL", `${incoming.url.origin} answered something else than a Countersign portal does (${why}). Is --url or COUNTERSIGN_URL its address, and this command of the same version?`);
}
/** Reads an answer that nobody needs to its end, so that its connection is free again. */
const passOver = async (incoming) => {
	await textOf$1(incoming, {
		bytesMax: problemBytesMax,
		whole: false
	});
};

// cli/client/words.ts
/**
* Words of an answer that workflows take on: the Action makes outputs of them, which end up in scripts. So an id is an id, and a state
* is a word, whatever the portal is.
*/
const idSchema = string().check(_regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/));
const stateSchema = string().check(_regex(/^[a-z][a-z-]{0,39}$/));

// cli/client/request-view.ts
/** A signing request as the portal tells it, and why it was refused. */
const passSchema = looseObject({
	number: number(),
	steps: array(looseObject({
		step: string(),
		state: string(),
		counts: optional(looseObject({ fail: number() })),
		findings: array(findingSchema)
	}))
});
const standingSchema = looseObject({
	state: string(),
	refused: boolean(),
	publisher: nullish(string()),
	revocation: nullable(looseObject({
		effectiveAt: string(),
		url: string()
	}))
});
const releaseSchema = looseObject({
	name: string(),
	sha256: string().check(_regex(/^[0-9a-f]{64}$/)),
	sizeBytes: int().check(_nonnegative())
});
const requestSchema = looseObject({
	id: idSchema,
	status: stateSchema,
	/** How it ended. Null: it hasn't; portals of before don't say. */
	outcome: nullish(stateSchema),
	summary: nullable(string()),
	artifact: optional(looseObject({ name: string() })),
	standing: nullish(standingSchema),
	release: nullish(releaseSchema),
	/** Portals of before don't say. */
	removedFiles: optional(array(looseObject({
		file: string(),
		rule: string(),
		days: number(),
		removedAt: string()
	}))),
	trace: object({ passes: array(passSchema) })
});
const requestPath = (id) => `/api/v1/requests/${encodeURIComponent(id)}`;
async function readRequest(portal, id, going = {}) {
	const incoming = await callPortal(portal, requestPath(id), {
		method: "GET",
		identity: "if-there"
	}, going);
	return readAnswer(incoming, requestSchema);
}
/** What a request doesn't leave again. */
const finalStates = /* @__PURE__ */ new Set([
	"completed",
	"denied",
	"failed"
]);
/** How it stands in a word: how it ended, where that is known. */
function stateOf({ status, outcome }) {
	return outcome === "cancelled" || outcome === "superseded" ? outcome : status;
}
const isFinal = ({ status }) => finalStates.has(status);
function newestSteps$1(view) {
	return view.trace.passes.toSorted((a, b) => b.number - a.number)[0]?.steps ?? [];
}
const stepPageSchema = looseObject({
	findings: array(findingSchema),
	next: nullable(string())
});
/** Steps that claim more reasons than they show, and have none when they are asked. */
const inVainMax = 3;
/** The same, `max` of them at most; asks for as many pages as that takes, and no more. */
async function readReasons(portal, view, max, going = {}) {
	const pass = view.trace.passes.toSorted((a, b) => b.number - a.number)[0]?.number ?? 1;
	const reasons = [];
	let total = 0;
	let inVain = 0;
	for (const { step, counts, findings } of newestSteps$1(view)) {
		const shown = findings.filter((finding) => finding.outcome === "fail");
		const failed = counts?.fail ?? shown.length;
		total += failed;
		const wanted = Math.min(failed, max - reasons.length);
		const path = `${requestPath(view.id)}/steps/${pass}/${encodeURIComponent(step)}`;
		const some = wanted <= shown.length || inVain >= inVainMax ? shown.slice(0, wanted) : await failures(portal, {
			path,
			wanted
		}, going);
		if (wanted > shown.length && some.length <= shown.length) inVain += 1;
		reasons.push(...some);
	}
	return {
		reasons,
		total
	};
}
/** Failures come first, so the first page without one is the last that matters. */
async function failures(portal, { path, wanted }, going) {
	const found = [];
	let after = null;
	do {
		const query = new URLSearchParams({ limit: String(Math.min(100, wanted - found.length)) });
		if (after !== null) query.set("after", after);
		const page = await readAnswer(await callPortal(portal, `${path}?${query.toString()}`, {
			method: "GET",
			identity: "if-there"
		}, going), stepPageSchema);
		const failed = page.findings.filter((finding) => finding.outcome === "fail");
		found.push(...failed);
		after = failed.length === page.findings.length && failed.length > 0 ? page.next : null;
	} while (after !== null && found.length < wanted);
	return found.slice(0, wanted);
}

// cli/client/download.ts
/**
* A released artifact into a file: the whole file or none, held against the digest that the portal names. What came before a cut
* stays beside it, and the rest is asked for from that byte on.
*/
/** Throws ClientError: REFUSED where nothing is released, or it is revoked; MISMATCH, FILE, UNREACHABLE. */
async function downloadResumable(portal, input) {
	const release = await releaseOf(portal, input);
	const file = await fileFor(input, release);
	const part = await PartFile.open(file, release.sha256, release.sizeBytes);
	try {
		await checkRoom(file, part, release);
		await fill(part, portal, {
			...input,
			release
		});
		const digest = part.digest();
		if (digest !== release.sha256) throw new ClientError("MISMATCH", `What came has SHA-256 ${digest}, but the signer released ${release.sha256}. ${part.isKept ? "Nothing was written. " : ""}Download it again.`);
		await part.finish();
		return {
			file,
			...release
		};
	} catch (error) {
		const remove = error instanceof ClientError && error.code === "MISMATCH";
		await part.leave({ remove });
		throw remove ? error : withRest(error, part, release);
	}
}
async function releaseOf(portal, input) {
	for (let look = 0; look < 2; look += 1) {
		const { release } = await readRequest(portal, input.id, input);
		if (release !== null && release !== void 0) {
			const { name, sha256, sizeBytes } = release;
			return {
				name: safeFileName(name, `artifact-${input.id}`),
				sha256,
				sizeBytes
			};
		}
		const { body } = await callPortal(portal, pathOf(input), {
			method: "GET",
			identity: "if-there",
			streams: true
		}, input);
		body.destroy();
	}
	throw new ClientError("NOT_A_PORTAL", `${portal.url} sends a file of which request ${input.id} says nothing.`);
}
const pathOf = ({ id, despite }) => `${requestPath(id)}/artifact${despite === true ? "?despite=revoked" : ""}`;
async function fileFor({ to }, { name }) {
	if ("file" in to) {
		if ((await stat(to.file).catch(() => null))?.isDirectory() === true) throw new ClientError("USAGE", `${to.file} is a folder; name a file in it`);
		return to.file;
	}
	try {
		await mkdir(to.folder, { recursive: true });
	} catch (error) {
		throw new ClientError("FILE", `${to.folder} can’t be made: ${error.message}`, { cause: error });
	}
	return path.join(to.folder, name);
}
/** A size that the portal names, which nothing can be held against yet. */
async function checkRoom(file, part, { sizeBytes }) {
	if (!part.isKept) return;
	const disk = await statfs(path.dirname(file)).catch(() => null);
	if (disk === null || disk.blocks === 0) return;
	const room = disk.bavail * disk.bsize;
	if (sizeBytes - part.position <= room) return;
	throw new ClientError("FILE", `${file} can’t be written: the release has ${sizeBytes} bytes, and there is room for ${room}.`);
}
async function fill(part, portal, input) {
	const { release, onProgress, onPart } = input;
	const pauses = new Pauses(input);
	const tell = () => {
		onProgress?.({
			phase: "download",
			bytes: part.position,
			total: release.sizeBytes
		});
		onPart?.({
			path: part.path,
			position: part.position
		});
	};
	tell();
	let furthest = part.position;
	for (;;) try {
		if (part.position < release.sizeBytes) await fetchRest(part, portal, {
			...input,
			tell
		});
		if (part.digest() === release.sha256 || part.atStart === 0) return;
		await part.restart();
	} catch (error) {
		if (part.position >= furthest + 65536) {
			pauses.reset();
			furthest = part.position;
		}
		await pauses.after(error);
	}
}
const usualPaceMilliseconds = 12e4;
async function fetchRest(part, portal, { release, signal, tell, paceMilliseconds = usualPaceMilliseconds, ...input }) {
	const headers = part.position === 0 ? {} : {
		range: `bytes=${part.position}-`,
		"if-range": `"${release.sha256}"`
	};
	const incoming = await callOnce(portal, pathOf(input), {
		method: "GET",
		headers,
		identity: "if-there",
		accepts: [416],
		streams: true
	}, signal);
	let skip = await firstByte(part, incoming, release);
	let [since, came] = [Date.now(), 0];
	try {
		for await (const chunk of incoming.body) {
			const wanted = chunk.subarray(Math.min(skip, chunk.length));
			skip -= chunk.length - wanted.length;
			if (part.position + wanted.length > release.sizeBytes) throw new ClientError("MISMATCH", `${incoming.url.origin} sends more than the ${release.sizeBytes} bytes of the release.`);
			await part.append(wanted);
			came += chunk.length;
			if (Date.now() - since >= paceMilliseconds) {
				if (came < 65536) throw Object.assign(/* @__PURE__ */ new Error("too little moves"), { code: stillCode });
				[since, came] = [Date.now(), 0];
			}
			tell();
			if (signal?.aborted === true) throw new ClientError("ABORTED", "it was interrupted");
		}
	} catch (error) {
		throw networkFailure(incoming.url, error);
	} finally {
		incoming.body.destroy();
	}
	if (part.position < release.sizeBytes) throw new ClientError("UNREACHABLE", `${incoming.url.origin} broke the connection off. Try again later.`);
}
/** → how many bytes of the answer are there already. */
async function firstByte(part, { status, header, url, body }, release) {
	if (status === 206) {
		const [, from, total] = /^bytes (\d{1,15})-\d{1,15}\/(\d{1,15})$/.exec(header("content-range") ?? "") ?? [];
		if (Number(from) === part.position && Number(total) === release.sizeBytes) return 0;
		body.destroy();
		throw new ClientError("NOT_A_PORTAL", `${url.origin} sends another range than it was asked for.`);
	}
	if (status === 416) {
		body.destroy();
		await part.restart();
		throw new ClientError("UNREACHABLE", `${url.origin} has no such range of the release.`);
	}
	if (part.isKept) await part.restart();
	return part.position;
}
/** Where the bytes are that came, and how to have the others. */
function withRest(error, part, { sizeBytes }) {
	if (!(error instanceof ClientError) || error.code === "FILE") return error;
	const rest = part.isKept && part.position > 0 ? ` ${part.position} of ${sizeBytes} bytes are in ${part.path}; the same download goes on there.` : ` ${part.position} of ${sizeBytes} bytes had come.`;
	const { code, problem, retryAfterSeconds } = error;
	return new ClientError(code, `${error.message}${rest}`, {
		cause: error,
		problem,
		retryAfterSeconds
	});
}

// cli/client/identity-token.ts
/** The identity token of a build's run (OpenID Connect), as its host gives it to a job: no secret is stored anywhere. */
/** Where GitLab's `id_tokens` puts it, by the name that the guide gives. */
const gitlabVariable = "COUNTERSIGN_ID_TOKEN";
const answerSchema = looseObject({ value: string() });
const answerBytesMax$1 = 1e5;
/** A new token. Throws ClientError: NOT_SIGNED_IN where this job can't have one. */
async function fetchIdentityToken(input) {
	const { environment, portalUrl } = input;
	const given = said(environment[gitlabVariable]);
	if (given !== null) return given;
	const address = said(environment["ACTIONS_ID_TOKEN_REQUEST_URL"]);
	const secret = said(environment["ACTIONS_ID_TOKEN_REQUEST_TOKEN"]);
	if (address === null || secret === null || !URL.canParse(address)) throw new ClientError("NOT_SIGNED_IN", "This job has no identity token. On GitHub: permissions: { id-token: write }. On GitLab: id_tokens: { COUNTERSIGN_ID_TOKEN: { aud: the portal’s address } }. Or set COUNTERSIGN_TOKEN to an API token.");
	const url = new URL(address);
	url.searchParams.set("audience", new URL(portalUrl).origin);
	return patiently(input, () => ask(url, secret, input.signal));
}
async function ask(url, secret, signal) {
	const headers = {
		authorization: `Bearer ${secret}`,
		accept: "application/json"
	};
	const incoming = await exchange(url, {
		method: "GET",
		headers,
		signal,
		stillMilliseconds: 3e4
	});
	const text = await textOf$1(incoming, {
		bytesMax: answerBytesMax$1,
		whole: true
	});
	const { status, header } = incoming;
	if (status < 200 || status >= 300) throw refusal({
		url,
		status,
		header,
		text,
		identified: true
	});
	const read = answerSchema.safeParse(parsed$1(text));
	if (read.success && read.data.value !== "") return read.data.value;
	throw new ClientError("NOT_SIGNED_IN", `${url.origin} gave this job no identity token.`);
}
/** A token counts for five minutes; for so long one is shown again, so that polling doesn't ask for one each time. */
const shownAgainMilliseconds = 6e4;
/** As `token` of a portal: fetched when a call needs one. */
function identityToken(input, now = Date.now) {
	let last = null;
	return async ({ fresh }) => {
		if (!fresh && last !== null && now() - last.at < shownAgainMilliseconds) return last.token;
		last = {
			token: await fetchIdentityToken(input),
			at: now()
		};
		return last.token;
	};
}
const said = (text) => text === void 0 || text.trim() === "" ? null : text.trim();
function parsed$1(text) {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}

// cli/client/requests.ts
/** Asking for signatures: each call may be sent twice, and asks once. */
/** Code hosts that keep attestations. */
const bundleHosts = ["github"];
const submittedSchema = looseObject({
	id: idSchema,
	url: string(),
	/** False: the same request was there already. */
	created: optional(boolean())
});
/** Asks for a signature; the same request again gives the same id. */
function submit(portal, submission, { idempotencyKey = null, ...going } = {}) {
	return post(portal, "/api/v1/requests", {
		body: submission,
		idempotencyKey,
		identity: "fresh",
		going
	});
}
const cancelledSchema = looseObject({ id: string() });
const json = { "content-type": "application/json" };
async function post(portal, path, { body, idempotencyKey, identity, going }) {
	const key = idempotencyKey === null ? {} : { "idempotency-key": idempotencyKey };
	const incoming = await callPortal(portal, path, {
		method: "POST",
		headers: {
			...json,
			...key
		},
		body: JSON.stringify(body),
		identity
	}, going);
	return readAnswer(incoming, submittedSchema);
}
const pageSchema = looseObject({
	requests: array(looseObject({
		id: idSchema,
		status: stateSchema,
		outcome: nullish(stateSchema),
		project: string(),
		policy: string(),
		createdAt: optional(string()),
		artifact: optional(looseObject({ name: string() }))
	})),
	next: nullable(string())
});
/** Requests, newest first, page after page until there are enough. `more`: there are others. */
async function listRequests(portal, { project, status, since, limit }, going = {}) {
	const requests = [];
	let cursor = null;
	do {
		const query = new URLSearchParams({ limit: String(Math.min(100, limit - requests.length)) });
		for (const [name, value] of Object.entries({
			project,
			status,
			since,
			cursor: cursor ?? void 0
		})) if (value !== void 0) query.set(name, value);
		const page = await readAnswer(await callPortal(portal, `/api/v1/requests?${query.toString()}`, {
			method: "GET",
			identity: "if-there"
		}, going), pageSchema);
		requests.push(...page.requests);
		cursor = page.requests.length === 0 ? null : page.next;
	} while (cursor !== null && requests.length < limit);
	return {
		requests: requests.slice(0, limit),
		more: cursor !== null
	};
}

// cli/client/upload.ts
/**
* A file to the portal, in one piece or many: what arrived before a cut is kept there, and the rest is sent from that byte on. The
* portal remembers uploads by caller, project and digest, so nothing is kept here: the same call again, also in another process,
* goes on where the last one stopped.
*/
/** One piece. Proxies that hold a body back until they have all of it make whoever waits see progress by the piece. */
const pieceBytesMax = 268435456;
/** How often in a row the portal may name another offset than the one that it took last. */
const correctionsMax = 10;
/** How often an upload may begin anew: it expired, or its bytes were rejected. */
const beginningsMax = 3;
const uploadSchema = looseObject({
	id: string(),
	offset: int().check(_nonnegative()),
	complete: boolean()
});
/** Throws ClientError. */
async function uploadResumable(portal, input) {
	const hashed = input.hashed ?? await hashFile(input.file, input);
	for (let beginning = 1;; beginning += 1) {
		const begun = hashed.sizeBytes === 0 ? null : await begin(portal, input, hashed);
		if (begun === null) {
			await sendWhole(portal, input, hashed);
			return hashed;
		}
		input.onKept?.();
		report(input, hashed, begun.complete ? hashed.sizeBytes : begun.offset);
		if (begun.complete || await send(portal, input, {
			hashed,
			...begun
		}) === "sent") return hashed;
		if (beginning === beginningsMax) throw new ClientError("UNAVAILABLE", "The portal lost the upload again and again. Try again later.");
	}
}
/** The upload as the portal has it: new, or with what came before. null: an older portal, which takes files whole. */
async function begin(portal, input, { sha256, sizeBytes }) {
	const call = {
		method: "POST",
		headers: { "content-type": "application/json" },
		body: JSON.stringify({
			project: input.project,
			sha256,
			size: sizeBytes
		}),
		identity: "needed"
	};
	try {
		const incoming = await callPortal(portal, "/api/v1/uploads", call, input);
		const upload = await readAnswer(incoming, uploadSchema);
		return {
			...upload,
			offset: within(upload.offset, sizeBytes, incoming.url)
		};
	} catch (error) {
		if (isNoSuchAddress(error)) return null;
		throw error;
	}
}
/**
* Piece after piece, each from the byte that the portal names. `lost`: there is no such upload any more. Where all bytes arrived and
* the portal was cut off before it had the file, a piece without bytes has it finish.
*/
async function send(portal, input, { id, offset: from, hashed }) {
	const path = `/api/v1/uploads/${encodeURIComponent(id)}`;
	const pauses = new Pauses(input);
	let offset = from;
	let furthest = from;
	let pieceBytes = pieceBytesMax;
	let corrections = 0;
	for (;;) {
		const size = Math.min(pieceBytes, hashed.sizeBytes - offset);
		try {
			const incoming = await append$1(portal, path, input, {
				offset,
				size,
				hashed
			});
			await passOver(incoming);
			const next = within(offsetIn(incoming) ?? offset + size, hashed.sizeBytes, incoming.url);
			if (next < offset + Math.min(size, 1)) throw new ClientError("NOT_A_PORTAL", `${incoming.url.origin} took bytes and has no more than before.`);
			const isStep = next - offset >= Math.min(size, progressBytes);
			offset = next;
			if (offset === hashed.sizeBytes) return "sent";
			if (isStep) {
				pauses.reset();
				corrections = 0;
			} else if ((corrections += 1) > correctionsMax) throw new ClientError("NOT_A_PORTAL", `${incoming.url.origin} takes only a few bytes at a time.`);
			continue;
		} catch (error) {
			const known = offsetToldBy(error, hashed.sizeBytes);
			if (isGone(error)) return "lost";
			corrections += 1;
			if (known !== null && known !== offset && corrections < correctionsMax) {
				offset = known;
				continue;
			}
			if (isTooLarge(error) && pieceBytes > 1048576) {
				pieceBytes = Math.max(1048576, Math.floor(Math.min(pieceBytes, size) / 4));
				continue;
			}
			await pauses.after(isInterrupted(error) ? passing(error) : error);
		}
		const stands = await standing(portal, path, input);
		if (stands === "lost" || stands === "complete") return stands === "complete" ? "sent" : "lost";
		const now = within(stands, hashed.sizeBytes, new URL(path, portal.url));
		if (now >= furthest + 65536) {
			pauses.reset();
			furthest = now;
		}
		offset = now;
		report(input, hashed, offset);
	}
}
function append$1(portal, path, input, { offset, size, hashed }) {
	const call = {
		method: "PATCH",
		headers: {
			"content-type": "application/partial-upload",
			"upload-offset": String(offset)
		},
		body: size === 0 ? "" : bodyOfFile(input, {
			offset,
			size,
			hashed
		}),
		identity: "needed"
	};
	return callOnce(portal, path, call, input.signal);
}
/** What the portal has of it. */
async function standing(portal, path, going) {
	try {
		const incoming = await callPortal(portal, path, {
			method: "HEAD",
			identity: "needed"
		}, going);
		await passOver(incoming);
		if (incoming.header("upload-complete") === "?1") return "complete";
		return offsetIn(incoming) ?? 0;
	} catch (error) {
		if (isGone(error)) return "lost";
		throw error;
	}
}
function bodyOfFile(input, { offset, size, hashed }) {
	return {
		sizeBytes: size,
		open: () => {
			let sent = offset;
			const counted = new Transform({ transform(chunk, _encoding, done) {
				sent += chunk.length;
				report(input, hashed, sent);
				done(null, chunk);
			} });
			const source = createReadStream(input.file, {
				start: offset,
				end: Math.max(0, offset + size - 1),
				highWaterMark: 1 << 18
			});
			source.once("error", (error) => counted.destroy(error));
			counted.once("close", () => source.destroy());
			return source.pipe(counted);
		}
	};
}
/** As before there were uploads in parts: all of it, from the beginning each time. */
async function sendWhole(portal, input, hashed) {
	const incoming = await callPortal(portal, `/api/v1/artifacts/${hashed.sha256}`, {
		method: "PUT",
		headers: { "content-type": "application/octet-stream" },
		body: bodyOfFile(input, {
			offset: 0,
			size: hashed.sizeBytes,
			hashed
		}),
		identity: "needed"
	}, input);
	await passOver(incoming);
}
const report = ({ onProgress }, { sizeBytes }, bytes) => onProgress?.({
	phase: "upload",
	bytes,
	total: sizeBytes
});
function offsetIn({ header }) {
	const text = header("upload-offset");
	return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;
}
/** An offset beyond the file's end would have us send nothing, for ever. */
function within(offset, sizeBytes, url) {
	if (offset <= sizeBytes) return offset;
	throw new ClientError("NOT_A_PORTAL", `${url.origin} claims to have ${offset} bytes of a file of ${sizeBytes}.`);
}
/** A refusal that names the right offset. */
function offsetToldBy(error, sizeBytes) {
	const told = error instanceof ClientError && error.problem?.status === 409 ? error.problem.members["expected-offset"] : null;
	return typeof told === "number" && Number.isSafeInteger(told) && told >= 0 && told <= sizeBytes ? told : null;
}
const statusOf = (error) => error instanceof ClientError ? error.problem?.status ?? null : null;
const isNoSuchAddress = (error) => [404, 405].includes(statusOf(error) ?? 0) && error instanceof ClientError && [
	null,
	"NOT_FOUND",
	"METHOD_NOT_ALLOWED"
].includes(error.problem?.code ?? null);
const isGone = (error) => [404, 410].includes(statusOf(error) ?? 0);
const isTooLarge = (error) => statusOf(error) === 413 && error instanceof ClientError && error.problem?.code === null;
/** The call ended, but what came of it is kept; or our own connection, cut a moment ago, still counts as writing. */
const interrupted = /* @__PURE__ */ new Set([
	"UPLOAD_INTERRUPTED",
	"UPLOAD_BUSY",
	"UPLOAD_OFFSET_MISMATCH"
]);
const isInterrupted = (error) => error instanceof ClientError && error.problem !== null && interrupted.has(error.problem.code);
const passing = (error) => new ClientError("UNAVAILABLE", error.message, {
	cause: error,
	problem: error.problem
});

// cli/client/wait.ts
/** Waiting for a request: the portal holds each look until something changes, where it can; else it is asked now and then. */
/** How long the portal is asked to hold a look; it may hold it for less. */
const holdSeconds = 50;
/** For its answer beyond that; and for the answer to the last look, beyond the time that the caller waits. */
const answerSeconds = 60;
const lastAnswerSeconds = 5;
/** Between two looks that weren't held: short at first, then longer and longer. */
const pauseMilliseconds = {
	first: 300,
	most: 3e3,
	growth: 1.1
};
/** Throws ClientError: TIMEOUT where it goes on for longer, REFUSED where there is no such request. */
async function waitFor(portal, id, input) {
	const { until = "done", timeoutSeconds, onState, signal, sleep = pause } = input;
	const deadline = Date.now() + timeoutSeconds * 1e3;
	let between = pauseMilliseconds.first;
	let told = "";
	let seen = null;
	for (;;) {
		const left = Math.max(0, Math.ceil((deadline - Date.now()) / 1e3));
		const began = Date.now();
		const hold = Math.min(holdSeconds, left);
		const within = Math.min(hold + answerSeconds, left + lastAnswerSeconds) * 1e3;
		const looked = await look(portal, id, {
			seen,
			hold,
			within,
			signal
		});
		if (looked instanceof ClientError) {
			seen = null;
			if (told !== looked.message) onState?.(looked);
			told = looked.message;
		} else {
			seen = looked;
			if (told !== looked.view.status) onState?.(looked.view);
			told = looked.view.status;
			if (isFinal(looked.view)) return looked.view;
			if (until === "gate" && looked.view.status === "waiting-for-approval") return looked.view;
		}
		if (Date.now() >= deadline) throw tooLong(timeoutSeconds, looked);
		if (!(looked instanceof ClientError) && looked.held && Date.now() - began >= pauseMilliseconds.first) continue;
		await sleep(between, signal);
		between = Math.min(between * pauseMilliseconds.growth, pauseMilliseconds.most);
	}
}
/** The request, or a failure that passes; everything else is thrown. */
async function look(portal, id, { seen, hold, within, signal }) {
	const isHeld = seen !== null && seen.etag !== null && hold > 0;
	const headers = isHeld ? {
		"if-none-match": seen.etag,
		prefer: `wait=${hold}`
	} : {};
	try {
		const incoming = await callOnce(portal, requestPath(id), {
			method: "GET",
			headers,
			identity: "if-there",
			accepts: [304],
			stillMilliseconds: within,
			withinMilliseconds: within
		}, signal);
		const held = isHeld && /\bwait\b/.test(incoming.header("preference-applied") ?? "");
		if (incoming.status === 304 && seen !== null) {
			await passOver(incoming);
			return {
				...seen,
				held
			};
		}
		return {
			view: await readAnswer(incoming, requestSchema),
			etag: incoming.header("etag"),
			held
		};
	} catch (error) {
		if (isPassing(error)) return error;
		throw error;
	}
}
function tooLong(seconds, looked) {
	const stands = looked instanceof ClientError ? looked.message : `the request is ${looked.view.status}: ${looked.view.summary ?? ""}`;
	return new ClientError("TIMEOUT", `after ${seconds} s ${stands}`);
}

// action/error.ts
/** What ends the step; the message says what to change. */
var ActionError = class extends CodedError {
	static errorName = "ActionError";
	constructor(code, message, cause) {
		super(code, message, { cause });
	}
};

// action/in-inputs.ts
/** What the client of the portal says names options and variables of the command; here the same are inputs. Pure. */
const names = [
	[/--url or COUNTERSIGN_URL|--url/g, "the input portal"],
	[/--token or COUNTERSIGN_TOKEN|COUNTERSIGN_TOKEN or --token|COUNTERSIGN_TOKEN/g, "the input api-token"],
	[/this command of the same version/g, "this Action of the same version"]
];
const inInputs = (text) => names.reduce((said, [name, here]) => said.replaceAll(name, here), text);

// lib/core/wire/parameters/index.ts
const noParameters = Object.freeze({});
const parametersMax = 50;
const parameterLengthMax = 128;
/** Of all names and values together. */
const parametersCharactersMax = 2048;
const namePattern = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
/**
* ASCII alone, so that people who approve a value see what it is. No wildcard, no slash, nothing that begins a parameter:
* wherever a value is filled in, it is text that matches itself.
*/
const valuePattern = /^[A-Za-z0-9 ._+@~,()=#&:!-]{1,128}$/;
/** Why a text can't be the value of any parameter; null: it can. */
function valueProblem(value) {
	if (value === "") return "it is empty";
	if (value.length > parameterLengthMax) return `it has more than ${parameterLengthMax} characters`;
	if (!valuePattern.test(value)) {
		const odd = Array.from(value).find((character) => !valuePattern.test(character)) ?? "";
		return `it contains ${JSON.stringify(odd)}: only letters, digits, spaces and . _ - + @ ~ , ( ) = # & : ! are accepted`;
	}
	if (value !== value.trim()) return "it begins or ends with a space";
	return /^\.+$/.test(value) ? "it consists of dots alone" : null;
}
/** Anything → values that have the form of values; whether a configuration asks for them is checked there. */
function readParameters(value) {
	if (typeof value !== "object" || value === null || Array.isArray(value)) return {
		ok: false,
		name: null,
		message: "Parameters are an object of names and texts."
	};
	const entries = Object.entries(value);
	if (entries.length > 50) return {
		ok: false,
		name: null,
		message: `A request has at most ${50} parameters.`
	};
	let characters = 0;
	const read = [];
	for (const [name, text] of entries) {
		if (!namePattern.test(name)) return {
			ok: false,
			name: null,
			message: `${JSON.stringify(name.slice(0, 80))} is no name of a parameter.`
		};
		if (typeof text !== "string") return {
			ok: false,
			name,
			message: `The value of \`${name}\` is no text.`
		};
		const problem = valueProblem(text);
		if (problem !== null) return {
			ok: false,
			name,
			message: `The value of \`${name}\` can’t be used: ${problem}.`
		};
		characters += name.length + text.length;
		read.push([name, text]);
	}
	if (characters > 2048) return {
		ok: false,
		name: null,
		message: `The parameters have ${characters} characters together; at most ${parametersCharactersMax} are accepted.`
	};
	return {
		ok: true,
		value: Object.fromEntries(read.toSorted(([a], [b]) => a < b ? -1 : 1))
	};
}
/** Not by `parametersText`: a value may contain its separators. */
function sameParameters(a, b) {
	const names = Object.keys(a);
	return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && a[name] === b[name]);
}

// action/runner/environment.ts
/** What a runner tells a step by its environment, and the files that it takes answers in. */
/** As the runner names it: upper case, blanks as underscores, hyphens as they are. */
function inputOf(environment, name) {
	return (environment[`INPUT_${name.replaceAll(" ", "_").toUpperCase()}`] ?? "").trim();
}
/** A summary beyond this is dropped by the runner, all of it. */
const summaryBytesMax = 1048576;
/** One output of the step. The delimiter can't stand in the value: nobody knows it beforehand. */
function writeOutput(environment, name, value) {
	const delimiter = `ghadelimiter_${randomUUID()}`;
	append(environment, "GITHUB_OUTPUT", `${name}<<${delimiter}\n${value}\n${delimiter}\n`);
}
/** What the run's page shows of this step; what was written before is replaced. */
function writeSummary(environment, markdown) {
	const bytes = Buffer.byteLength(markdown);
	if (bytes >= summaryBytesMax) throw new RangeError(`a summary of ${bytes} bytes would be dropped`);
	const file = fileOf$1(environment, "GITHUB_STEP_SUMMARY");
	if (file !== null) write(() => writeFileSync(file, markdown), "GITHUB_STEP_SUMMARY");
}
function append(environment, name, text) {
	const file = fileOf$1(environment, name);
	if (file !== null) write(() => appendFileSync(file, text), name);
}
/** null outside a runner, where nobody reads it. */
function fileOf$1(environment, name) {
	const file = environment[name];
	return file === void 0 || file === "" ? null : file;
}
function write(act, name) {
	try {
		act();
	} catch (error) {
		throw new ActionError("RUNNER", `${name} can’t be written: ${error.message}`, error);
	}
}

// action/read-inputs.ts
/** The inputs of action.yml, checked all at once: a run that fails tells everything that is wrong with them. */
const waits = [
	"gate",
	"poll",
	"none"
];
const slug = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const artifactId = /^[1-9]\d{0,18}$/;
const minutesMax = 350;
const sources = [
	"file",
	"artifact-id",
	"artifact-name",
	"request-id"
];
function readInputs(environment) {
	const problems = [];
	const given = (name) => {
		const value = inputOf(environment, name);
		return value === "" ? null : value;
	};
	const portal = portalOf$1(given("portal"), problems);
	const task = taskOf(given, environment["GITHUB_RUN_ID"], problems);
	const wait = waitOf(given("wait"), task, problems);
	const output = given("output");
	if (output !== null && wait !== "poll") problems.push(`output: with wait: ${wait} there is no signed file yet. Use wait: poll, or download in the job that publishes, with request-id: from this step’s outputs.`);
	const timeoutSeconds = timeoutOf(given("timeout-minutes"), problems);
	const token = given("api-token");
	if (problems.length > 0 || portal === null || task === null) throw new ActionError("INPUT", `The inputs (with:) can’t be used. ${problems.join(" ")}`);
	return {
		portal,
		task,
		wait,
		timeoutSeconds,
		output,
		token
	};
}
function portalOf$1(text, problems) {
	if (text === null) {
		problems.push("portal: is missing; it is the address of the foundation’s portal, as https://sign.example.org.");
		return null;
	}
	const url = URL.parse(text);
	const loopback = url !== null && /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
	if (url === null || !(url.protocol === "https:" || url.protocol === "http:" && loopback)) {
		problems.push(`portal: ${JSON.stringify(text.slice(0, 200))} is no https:// address.`);
		return null;
	}
	if (url.origin !== text.replace(/\/$/, "").toLowerCase()) {
		problems.push(`portal: ${url.origin} is all that belongs there, without a path, a question or a name to sign in with.`);
		return null;
	}
	return url.origin;
}
function taskOf(given, run, problems) {
	const named = sources.flatMap((name) => {
		const value = given(name);
		return value === null ? [] : [{
			name,
			value
		}];
	});
	const [one] = named;
	if (one === void 0 || named.length > 1) {
		const found = named.length === 0 ? "None is there" : `${named.map(({ name }) => name).join(" and ")} are there`;
		problems.push(`Exactly one of ${sources.join(", ")} says what it is about. ${found}.`);
		return null;
	}
	if (one.name === "request-id") {
		if (!uuid.test(one.value)) problems.push(`request-id: ${shown(one.value)} is no id of a request.`);
		const idle = [
			"parameters",
			"bundle",
			"bundle-from",
			"bundle-token",
			"supersede"
		].filter((name) => ![null, "false"].includes(given(name)));
		if (idle.length > 0) problems.push(`${idle.join(", ")}: the request has them already; leave them out beside request-id.`);
		return {
			kind: "attach",
			request: one.value
		};
	}
	if (one.name === "artifact-id" && !artifactId.test(one.value)) problems.push(`artifact-id: ${shown(one.value)} is no number; upload-artifact has it as output artifact-id.`);
	const name = (input) => {
		const value = given(input) ?? "";
		if (!slug.test(value)) problems.push(value === "" ? `${input}: is missing.` : `${input}: ${shown(value)} is no name of a ${input}.`);
		return value;
	};
	return {
		kind: "submit",
		source: one.name === "file" ? {
			kind: "file",
			pattern: one.value
		} : {
			kind: "artifact",
			by: one.name === "artifact-id" ? "id" : "name",
			value: one.value
		},
		project: name("project"),
		policy: name("policy"),
		parameters: parametersOf(given("parameters") ?? "", problems),
		bundle: given("bundle"),
		bundleFrom: bundleFromOf(given, run, problems),
		supersede: booleanOf("supersede", given("supersede"), problems)
	};
}
/** `run`: this one, so that of several attestations the one of this build is taken. */
function bundleFromOf(given, run, problems) {
	const [from, token] = [given("bundle-from"), given("bundle-token")];
	if (from === null) {
		if (token !== null) problems.push("bundle-token: goes with bundle-from.");
		return null;
	}
	if (given("bundle") !== null) problems.push("bundle-from: bundle is there, too; only one can be the proof.");
	const host = bundleHosts.find((name) => name === from);
	if (host === void 0) problems.push(`bundle-from: ${shown(from)} is none of ${bundleHosts.join(", ")}.`);
	return {
		host: host ?? "github",
		...run !== void 0 && /^[1-9]\d{0,18}$/.test(run) ? { runId: run } : {},
		...token === null ? {} : { token }
	};
}
/** Lines of NAME=VALUE. */
function parametersOf(text, problems) {
	const values = {};
	for (const line of text.split("\n").map((one) => one.trim())) {
		if (line === "") continue;
		const at = line.indexOf("=");
		const name = line.slice(0, Math.max(0, at)).trim();
		if (name === "") problems.push(`parameters: ${shown(line)} has no form of NAME=VALUE.`);
		else if (Object.hasOwn(values, name)) problems.push(`parameters: ${shown(name)} is there twice.`);
		else values[name] = line.slice(at + 1).trim();
	}
	const read = readParameters(values);
	if (!read.ok) problems.push(`parameters: ${read.message}`);
	return read.ok ? read.value : {};
}
/** By itself a submission ends the job, and whoever attaches wants the outcome. */
function waitOf(text, task, problems) {
	if (text === null) return task?.kind === "attach" ? "poll" : "gate";
	const found = waits.find((wait) => wait === text);
	if (found === void 0) problems.push(`wait: ${shown(text)} is none of ${waits.join(", ")}.`);
	return found ?? "gate";
}
function timeoutOf(text, problems) {
	const minutes = Number(text ?? "60");
	if (Number.isInteger(minutes) && minutes >= 1 && minutes <= minutesMax) return minutes * 60;
	problems.push(`timeout-minutes: ${shown(text ?? "")} is no number from 1 to ${minutesMax}.`);
	return 0;
}
function booleanOf(name, text, problems) {
	if (text === null || text === "false") return false;
	if (text !== "true") problems.push(`${name}: ${shown(text)} is neither true nor false.`);
	return true;
}
const shown = (text) => JSON.stringify(text.slice(0, 100));

// cli/plain.ts
/**
* Text of somebody else for a terminal: control characters, those that turn the direction of writing and those that
* aren't seen become visible, so that no answer of a portal moves the cursor or hides a word. Line ends and tabs stay.
*/
function plain(text) {
	return text.replaceAll(/[^\P{Cc}\n\t]|[\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

// action/runner/commands.ts
/**
* Workflow commands: lines of a step's output that the runner acts on (docs.github.com, "Workflow commands for GitHub Actions"). What
* the portal or the signer says is somebody else's text: it becomes the data of a command, or a line that is none.
*/
const messageCharactersMax = 4096;
const titleCharactersMax = 200;
const data = (text) => text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
const property = (text) => data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
/** At most `max` UTF-16 units, without half a character at the end. */
function cut(text, max) {
	if (text.length <= max) return text;
	return `${text.slice(0, max - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}
function annotation(kind, title, message) {
	const shown = cut(plain(message), messageCharactersMax);
	return `::${kind} title=${property(cut(plain(title), titleCharactersMax))}::${data(shown)}`;
}
/** Hides a secret in every line that follows; of several lines, each. */
const masks = (secret) => secret.split(/[\r\n]+/).filter((line) => line.trim() !== "").map((line) => `::add-mask::${data(line)}`);
/**
* Text → one line that the runner takes for no command: those begin with `::`, and the older ones have `##[` anywhere.
*/
function logLine(text) {
	return plain(text).replaceAll(/\s*\n\s*/g, " ").replaceAll("##[", "# #[").replace(/^(\s*):(?=:)/, "$1: ");
}

// action/annotations.ts
/** The signer's words as annotations of the run, as many as a runner keeps. */
/** What was found, what the policy asks for and in which line, and what to do: a line each. */
function findingText({ message, expected, found, fix, policy, path = [] }) {
	return [message, ...[
		["File", path.length === 0 ? null : path.join(" › ")],
		["Expected", expected],
		["Found", found],
		["Asked for by", policy === null || policy === void 0 ? null : `${policy.file}, line ${policy.line}`],
		["To do", fix]
	].flatMap(([name, value]) => value === null ? [] : [`${name}: ${value}`])].join("\n");
}
/** One for each finding; beyond what a runner keeps, the last one says how many there are and where. */
function findingAnnotations(findings, { kind, total, url }) {
	const fits = total <= 10 && findings.length === total;
	const shown = findings.slice(0, fits ? 10 : 10 - 1);
	const lines = shown.map((finding) => annotation(kind, `Countersign: ${finding.rule}`, findingText(finding)));
	const rest = total - shown.length;
	return rest === 0 ? lines : [...lines, annotation(kind, "Countersign", `${rest} more: ${url}`)];
}

// action/summary.ts
/** What the run's page says of the request, as Markdown. Pure. */
const textCharactersMax = 1e3;
const reasonsMax$1 = 50;
/** Somebody's text → the same text in Markdown: each sign that means something there is escaped, and it stays on its line. */
const escapeMarkdown = (text) => cut(plain(text), textCharactersMax).replaceAll(/[\s]+/g, " ").replaceAll(/[!-/:-@[-`{-~]/g, String.raw`\$&`);
const states = {
	completed: "✅ Signed",
	denied: "❌ Denied",
	failed: "⚠️ Given up",
	cancelled: "⏹️ Cancelled",
	superseded: "⏹️ Replaced by a newer build",
	"waiting-for-approval": "⏳ Waiting for approval"
};
function summaryOf(facts) {
	const { id, state, said, project, policy, submitted, signed, next } = facts;
	const e = escapeMarkdown;
	const rows = [
		["Request", `${link(id, facts)}${facts.attached ? " (made before; this run goes on with it)" : ""}`],
		["Project and policy", project === null ? null : `${e(project)} / ${e(policy ?? "")}`],
		["Submitted", submitted === null ? null : `${e(submitted.name)}, SHA-256 ${e(submitted.sha256)}`],
		["Signed file", signed === null ? null : `${e(signed.path ?? signed.name)}, SHA-256 ${e(signed.sha256)}`]
	];
	return [
		`### Countersign: ${states[state] ?? e(state)}`,
		"",
		...said === null || said === "" ? [] : [e(said), ""],
		"| | |",
		"| --- | --- |",
		...rows.flatMap(([name, value]) => value === null ? [] : [`| ${name} | ${value} |`]),
		"",
		...stepLines(facts.steps),
		...reasonLines(facts),
		...next === null ? [] : [e(next), ""]
	].join("\n");
}
/** The address leads to the portal that was named, whatever an answer says. */
function link(text, { portal, url }) {
	const target = URL.parse(url);
	if (target?.origin !== portal) return escapeMarkdown(text);
	return `[${escapeMarkdown(text)}](${target.href.replaceAll(/[()<>\s\\]/g, encodeURIComponent)})`;
}
function stepLines(steps) {
	if (steps.length === 0) return [];
	return [
		"| Step | |",
		"| --- | --- |",
		...steps.map(({ step, state, failed }) => `| ${escapeMarkdown(step)} | ${escapeMarkdown(state)}${failed > 0 ? `, ${failed} failed` : ""} |`),
		""
	];
}
function reasonLines({ reasons, reasonsTotal, url }) {
	if (reasonsTotal === 0) return [];
	const shown = reasons.slice(0, reasonsMax$1);
	const rest = reasonsTotal - shown.length;
	return [
		"#### Why",
		"",
		...shown.flatMap((finding) => {
			const [first = "", ...lines] = findingText(finding).split("\n");
			return [`- ${escapeMarkdown(first)} ${escapeMarkdown(`[${finding.rule}]`)}`, ...lines.map((line) => `  - ${escapeMarkdown(line)}`)];
		}),
		...rest > 0 ? [`- ${rest} more: ${escapeMarkdown(url)}`] : [],
		""
	];
}

// action/report.ts
/** What the runner is told: outputs for later steps, the summary on the run's page, annotations. */
function made({ environment, say }, { id, url, attached }) {
	say(`${attached ? "Going on with the request" : "The request"}: ${url}`);
	writeOutput(environment, "request-id", id);
	writeOutput(environment, "request-url", url);
}
function outcome$1(step, inputs, { view, found, reasons, total, signed }) {
	const { environment } = step;
	const state = stateOf(view);
	writeOutput(environment, "state", view.status);
	writeOutput(environment, "outcome", view.outcome ?? "");
	writeOutput(environment, "signed-files", signed?.path ?? "");
	writeOutput(environment, "sha256", signed?.sha256 ?? "");
	const said = view.summary === null || view.summary === "" ? null : view.summary;
	writeSummary(environment, summaryOf({
		portal: inputs.portal,
		id: view.id,
		url: found.url,
		state,
		said,
		project: textOf(view["project"]),
		policy: textOf(view["policy"]),
		submitted: found.submitted,
		attached: found.attached,
		steps: newestSteps(view).map(({ step: name, state, counts, findings }) => ({
			step: name,
			state,
			failed: counts?.fail ?? findings.filter((one) => one.outcome === "fail").length
		})),
		reasons,
		reasonsTotal: total,
		signed,
		next: nextOf(view, inputs)
	}));
	if (isLost(view) && total === 0) step.command(annotation("error", `Countersign: ${state}`, `${said ?? state}\n${found.url}`));
	if (total > 0) step.command("::group::Why");
	for (const line of findingAnnotations(reasons, {
		kind: "error",
		total,
		url: found.url
	})) step.command(line);
	if (total > 0) step.command("::endgroup::");
}
const isLost = (view) => isFinal(view) && view.status !== "completed";
const textOf = (value) => typeof value === "string" ? value : null;
const newestSteps = (view) => view.trace.passes.toSorted((a, b) => b.number - a.number)[0]?.steps ?? [];
function nextOf(view, { wait }) {
	if (view.status === "completed" || isLost(view)) return null;
	if (wait === "poll") return "This job waits for the outcome.";
	return wait === "gate" ? "No runner waits. The job that publishes fetches the signed file by request-id, once its environment lets it through." : "No runner waits. The request goes on at the portal.";
}
/** Of a refusal before there was a request. */
function findings({ command }, all) {
	const failed = all.filter(({ outcome: of }) => of === "fail");
	for (const line of findingAnnotations(failed, {
		kind: "error",
		total: failed.length,
		url: "the portal"
	}).slice(0, 9)) command(line);
}
const tell = {
	made,
	outcome: outcome$1,
	findings
};

// action/artifacts/fetch.ts
/** An artifact of this run, as it is stored, in a file of this job's. */
const archiveTypes = /* @__PURE__ */ new Set([
	"application/zip",
	"application/zip-compressed",
	"application/x-zip-compressed"
]);
/**
* Fetches the blob, byte for byte: a ZIP, or the file itself where it was uploaded with `archive: false`. It isn't unpacked: what was
* attested is what is submitted. Rejects other bytes than the service names.
*/
async function fetchArtifact(service, by, { folder, signal }) {
	const artifact = await find(service, by);
	const response = await get(await service.address(artifact.name), signal);
	const type = (response.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
	const isArchive = archiveTypes.has(type) && !artifact.name.toLowerCase().endsWith(".zip");
	const file = path.join(await mkdtemp(path.join(folder, "countersign-")), `${fileName(artifact.name)}${isArchive ? ".zip" : ""}`);
	await save(response, artifact, file);
	return {
		file,
		id: artifact.id
	};
}
async function find(service, by) {
	const [found] = await service.list(by);
	if (found !== void 0) return found;
	const what = "id" in by ? `artifact-id: ${by.id}` : `artifact-name: ${by.name}`;
	throw new ActionError("ARTIFACT", `${what} isn’t an artifact of this run. The job that uploads it has to be done before (needs:), in the same run.`);
}
/** As a name in a folder; artifacts' names have no separators, but nothing here depends on that. */
const fileName = (name) => name.replaceAll(/[^\w.+@ -]/g, "_").replace(/^\.+/, "_").slice(0, 200);
async function get(url, signal) {
	let response;
	try {
		response = await fetch(url, {
			signal,
			redirect: "error"
		});
	} catch (error) {
		throw new ActionError("ARTIFACT", `The artifact can’t be fetched: ${error.message}. Run the job again.`, error);
	}
	if (response.ok && response.body !== null) return response;
	const why = response.status === 404 || response.status === 410 ? ": it is gone" : "";
	throw new ActionError("ARTIFACT", `The store of artifacts answered ${response.status}${why}.`);
}
async function save(response, artifact, file) {
	const hash = createHash("sha256");
	let bytes = 0;
	const counted = new Transform({ transform(chunk, _encoding, done) {
		bytes += chunk.length;
		hash.update(chunk);
		done(bytes > artifact.sizeBytes ? /* @__PURE__ */ new Error("it is longer than the service says") : null, chunk);
	} });
	try {
		await pipeline(Readable.fromWeb(response.body), counted, createWriteStream(file));
	} catch (error) {
		throw new ActionError("ARTIFACT", `The artifact ${artifact.name} can’t be fetched: ${error.message}.`, error);
	}
	const sha256 = hash.digest("hex");
	if (bytes === artifact.sizeBytes && (artifact.sha256 ?? sha256) === sha256) return;
	throw new ActionError("ARTIFACT", `The artifact ${artifact.name} isn’t what was uploaded: it has ${bytes} bytes and SHA-256 ${sha256}, where the service names ${artifact.sizeBytes} and ${artifact.sha256 ?? "none"}.`);
}

// action/artifacts/service.ts
/**
* The artifacts of this run, as the runner's own service has them (actions/toolkit, packages/artifact): JSON over Twirp, with the token
* that every JavaScript action is given. No permission of the workflow and no package are needed.
*/
const path$1 = "twirp/github.actions.results.api.v1.ArtifactService";
const answerBytesMax = 1048576;
const answerMilliseconds = 3e4;
const scope = /^Actions\.Results:([^:\s]{1,100}):([^:\s]{1,100})$/;
function openArtifactService(environment) {
	const base = environment["ACTIONS_RESULTS_URL"] ?? "";
	const token = environment["ACTIONS_RUNTIME_TOKEN"] ?? "";
	if (base === "" || token === "") throw new ActionError("ARTIFACT", "This runner has no service of artifacts (ACTIONS_RESULTS_URL): GitHub Enterprise Server has none of this kind. Use actions/download-artifact before, and file: here.");
	const [run, job] = jobOf(token);
	const ids = {
		workflow_run_backend_id: run,
		workflow_job_run_backend_id: job
	};
	const ask = async (method, body) => call(new URL(`${path$1}/${method}`, base.endsWith("/") ? base : `${base}/`), token, {
		...ids,
		...body
	});
	return {
		async list(by) {
			const filter = "id" in by ? { id_filter: by.id } : { name_filter: by.name };
			const listed = (await ask("ListArtifacts", filter))["artifacts"];
			if (listed !== void 0 && !Array.isArray(listed)) throw unreadable("ListArtifacts");
			return (listed ?? []).map(artifactOf).toSorted(newestFirst);
		},
		async address(name) {
			const answer = await ask("GetSignedArtifactURL", { name });
			const text = member(answer, "signed_url");
			const url = typeof text === "string" ? URL.parse(text) : null;
			if (url === null || !isSafe(url)) throw unreadable("GetSignedArtifactURL");
			return url;
		}
	};
}
/** Run and job, which the token says itself. It isn't verified: the service does that. */
function jobOf(token) {
	try {
		const payload = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
		const scopes = isRecord$1(payload) ? payload["scp"] : null;
		const [run, job] = typeof scopes === "string" ? scopes.split(" ").flatMap((one) => scope.exec(one)?.slice(1) ?? []) : [];
		if (run !== void 0 && job !== void 0) return [run, job];
	} catch {}
	throw new ActionError("ARTIFACT", "The runner’s token (ACTIONS_RUNTIME_TOKEN) names no run: this isn’t the artifact service that was expected.");
}
async function call(url, token, body) {
	let response;
	try {
		response = await fetch(url, {
			method: "POST",
			redirect: "error",
			headers: {
				authorization: `Bearer ${token}`,
				"content-type": "application/json"
			},
			body: JSON.stringify(body),
			signal: AbortSignal.timeout(answerMilliseconds)
		});
	} catch (error) {
		throw new ActionError("ARTIFACT", `The runner’s service of artifacts can’t be reached: ${error.message}. Run the job again.`, error);
	}
	const text = await boundedText(response);
	if (!response.ok) throw new ActionError("ARTIFACT", `The runner’s service of artifacts answered ${response.status} (${text.slice(0, 200)}).`);
	try {
		const value = JSON.parse(text);
		if (isRecord$1(value)) return value;
	} catch {}
	throw unreadable(url.pathname.split("/").at(-1) ?? "");
}
async function boundedText(response) {
	const parts = [];
	let bytes = 0;
	for await (const part of response.body ?? []) {
		const chunk = part;
		bytes += chunk.length;
		if (bytes > answerBytesMax) throw new ActionError("ARTIFACT", "The runner’s service of artifacts answers without end.");
		parts.push(chunk);
	}
	return Buffer.concat(parts).toString("utf8");
}
/** Names as in the service's description, or as JSON of protocol buffers has them by default. */
const member = (record, name) => record[name] ?? record[name.replaceAll(/_([a-z])/g, (_, letter) => letter.toUpperCase())];
function artifactOf(value) {
	if (!isRecord$1(value)) throw unreadable("ListArtifacts");
	const id = String(member(value, "database_id"));
	const size = Number(value["size"] ?? 0);
	const { name } = value;
	if (!/^\d{1,20}$/.test(id) || typeof name !== "string" || !Number.isSafeInteger(size) || size < 0) throw unreadable("ListArtifacts");
	const { digest } = value;
	return {
		id,
		name,
		sizeBytes: size,
		sha256: (typeof digest === "string" ? /^sha256:([0-9a-f]{64})$/.exec(digest)?.[1] : void 0) ?? null
	};
}
const newestFirst = (a, b) => BigInt(a.id) < BigInt(b.id) ? 1 : -1;
/** Blobs are fetched encrypted; a service on this machine is a test's. */
const isSafe = (url) => url.protocol === "https:" || [
	"127.0.0.1",
	"localhost",
	"[::1]"
].includes(url.hostname);
const unreadable = (method) => new ActionError("ARTIFACT", `The runner’s service of artifacts answered ${method} with something else than artifacts.`);
const isRecord$1 = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

// action/find-bundle.ts
/** The attestation of a file: the one that is named, or the one that an earlier step of this job made. */
/** As much as the portal accepts with a request, and a little more. */
const bundleBytesMax = 16777216;
/** actions/attest appends the path of each bundle that it makes to this file in RUNNER_TEMP. */
const listName = "created_attestation_paths.txt";
const listBytesMax = 262144;
const bundlesMax = 100;
const provenance = "https://slsa.dev/provenance/";
/** null: there is none. Whether it proves anything is for the signer to say. */
async function findBundle(named, sha256, { environment, folder }) {
	if (named !== null) return chosen(named, await bundlesIn(path.resolve(folder, named)), sha256);
	const temporary = environment["RUNNER_TEMP"];
	if (temporary === void 0 || temporary === "") return null;
	for (const file of (await listedIn(path.join(temporary, listName))).toReversed()) {
		const found = (await bundlesIn(file).catch(() => [])).findLast((one) => isProvenanceOf(one, sha256));
		if (found !== void 0) return found;
	}
	return null;
}
/** Of several in a file, the one about this file; a single one is sent as it is, so that the signer says what is wrong with it. */
function chosen(name, bundles, sha256) {
	const found = bundles.findLast((one) => isProvenanceOf(one, sha256)) ?? (bundles.length === 1 ? bundles[0] : void 0);
	if (found !== void 0) return found;
	throw new ActionError("INPUT", `bundle: none of the ${bundles.length} attestations in ${name} is about the file with SHA-256 ${sha256}. Attest the very file that is submitted.`);
}
async function listedIn(file) {
	const found = await stat(file).catch(() => null);
	if (found === null || found.size > listBytesMax) return [];
	return (await readFile(file, "utf8")).split(/\r?\n/).filter((line) => line !== "").slice(-100);
}
/** A file has one bundle, or one on each line. */
async function bundlesIn(file) {
	try {
		const { size } = await stat(file);
		if (size > bundleBytesMax) throw new Error(`it has ${size} bytes; at most ${bundleBytesMax} are read`);
		const text = await readFile(file, "utf8");
		return parsed(text) ?? text.split("\n").filter((line) => line.trim() !== "").slice(0, bundlesMax).flatMap((line) => {
			const one = parsed(line);
			if (one === null) throw new Error("it is no JSON");
			return one;
		});
	} catch (error) {
		throw new ActionError("INPUT", `bundle: ${file} is no Sigstore bundle: ${error.message}`, error);
	}
}
function parsed(text) {
	try {
		const value = JSON.parse(text);
		return isRecord(value) ? [value] : null;
	} catch {
		return null;
	}
}
/** Whether its statement (in-toto, in a DSSE envelope) says so. Nothing is verified: this only chooses among files. */
function isProvenanceOf(bundle, sha256) {
	const envelope = bundle["dsseEnvelope"];
	const payload = isRecord(envelope) ? envelope["payload"] : null;
	if (typeof payload !== "string") return false;
	const [statement] = parsed(Buffer.from(payload, "base64").toString("utf8")) ?? [];
	const type = statement?.["predicateType"];
	const subjects = statement?.["subject"];
	return typeof type === "string" && type.startsWith(provenance) && Array.isArray(subjects) && subjects.some((one) => isRecord(one) && isRecord(one["digest"]) && one["digest"]["sha256"] === sha256);
}
const isRecord = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

// action/find-file.ts
/** The one file that a path or pattern names. */
const shownMax = 5;
/** Whoever matches more than this has given the pattern too wide. */
const matchesMax = 1e3;
/** Path or pattern → path. A name is taken as it is where there is such a file: `a[1].exe` is no pattern then. */
async function findFile(pattern, folder) {
	const named = path.resolve(folder, pattern);
	if (await isFile(named)) return named;
	const found = [];
	for await (const match of glob(pattern, { cwd: folder })) {
		const file = path.resolve(folder, match);
		if (await isFile(file)) found.push(file);
		if (found.length > matchesMax) break;
	}
	const [file] = found;
	if (file !== void 0 && found.length === 1) return file;
	throw new ActionError("INPUT", problem(pattern, folder, found.toSorted()));
}
function problem(pattern, folder, found) {
	if (found.length === 0) return `file: nothing matches ${pattern} in ${folder}. The step that builds has to come before this one.`;
	const shown = found.slice(0, shownMax).map((file) => path.relative(folder, file));
	const more = found.length > shownMax ? ", …" : "";
	return `file: ${pattern} matches ${found.length > matchesMax ? `more than ${matchesMax}` : String(found.length)} files (${shown.join(", ")}${more}). A request has one file: name it, or put them into one archive.`;
}
async function isFile(file) {
	return (await stat(file).catch(() => null))?.isFile() ?? false;
}

// action/submit-request.ts
/** The request of this run: one that is named, one that an earlier attempt made, or a new one. */
/** Requests that an earlier attempt may have made are looked for among so many of the project's newest. */
const earlierMax = 300;
/** Each identity token is hidden in the log before it is used. */
function portalOf(step, { portal, token }) {
	if (token !== null) return {
		url: portal,
		token
	};
	const fetched = identityToken({
		environment: step.environment,
		portalUrl: portal,
		signal: step.signal
	});
	const hidden = /* @__PURE__ */ new Set();
	return {
		url: portal,
		async token(wish) {
			const one = await fetched(wish);
			if (!hidden.has(one)) for (const mask of masks(one)) step.command(mask);
			hidden.add(one);
			return one;
		}
	};
}
async function findRequest(step, inputs) {
	const { task } = inputs;
	const portal = portalOf(step, inputs);
	if (task.kind === "attach") {
		const { id } = await readRequest(portal, task.request, step);
		return {
			id,
			url: pageOf(portal, id),
			attached: true,
			submitted: null
		};
	}
	const file = await fileOf(step, task.source);
	const hashed = await hashFile(file, step);
	const submitted = {
		name: path.basename(file),
		sha256: hashed.sha256
	};
	step.say(`${submitted.name}: ${hashed.sizeBytes} bytes, SHA-256 ${hashed.sha256}`);
	const earlier = await findEarlier(step, portal, task, hashed);
	if (earlier !== null) return {
		id: earlier,
		url: pageOf(portal, earlier),
		attached: true,
		submitted
	};
	const { bundleFrom } = task;
	const bundle = bundleFrom === null ? await findBundle(task.bundle, hashed.sha256, step) : null;
	if (bundleFrom !== null) step.say("The portal looks its attestation up where the host keeps it.");
	else if (bundle === null) step.say("No attestation was found for it: it is submitted without.");
	await uploadResumable(portal, {
		project: task.project,
		file,
		hashed,
		signal: step.signal,
		onProgress: progressOf(step)
	});
	const { id, created } = await submit(portal, {
		project: task.project,
		policy: task.policy,
		artifact: submitted,
		...bundle === null ? {} : { bundle },
		...bundleFrom === null ? {} : { bundleFrom },
		...Object.keys(task.parameters).length === 0 ? {} : { parameters: task.parameters },
		...task.supersede ? { supersedes: true } : {}
	}, step);
	return {
		id,
		url: pageOf(portal, id),
		attached: created === false,
		submitted
	};
}
/** By its id alone: where a link leads is said by the workflow, not by an answer. */
const pageOf = ({ url }, id) => `${url}/requests/${encodeURIComponent(id)}`;
async function fileOf(step, source) {
	if (source.kind === "file") return findFile(source.pattern, step.folder);
	const by = source.by === "id" ? { id: source.value } : { name: source.value };
	const folder = step.environment["RUNNER_TEMP"] ?? step.folder;
	const { file, id } = await fetchArtifact(openArtifactService(step.environment), by, {
		folder,
		signal: step.signal
	});
	step.say(`Artifact ${id} of this run`);
	return file;
}
/**
* When a job is run again, the request of the attempt before it is there, and the policy may take no request from an attempt of its own
* (origin.rerun). The newest one for the same bytes, policy and parameters that isn't lost is gone on with.
*/
async function findEarlier(step, portal, task, { sha256 }) {
	if (!/^(?:[2-9]|\d{2,5})$/.test(step.environment["GITHUB_RUN_ATTEMPT"] ?? "1")) return null;
	const { requests } = await listRequests(portal, {
		project: task.project,
		limit: earlierMax
	}, step);
	for (const one of requests) {
		if (["denied", "failed"].includes(one.status) || one.policy !== task.policy || one.artifact?.["sha256"] !== sha256) continue;
		const { parameters } = await readRequest(portal, one.id, step);
		if (sameParameters(valuesOf(parameters), task.parameters)) return one.id;
	}
	return null;
}
const valuesOf = (value) => typeof value === "object" && value !== null ? value : {};
/** A line for each quarter. */
function progressOf(step) {
	let told = 0;
	return ({ phase, bytes, total }) => {
		const quarter = total === 0 ? 4 : Math.floor(4 * bytes / total);
		if (quarter <= told) return;
		told = quarter;
		step.say(`${phase}: ${bytes} of ${total} bytes`);
	};
}

// action/follow-request.ts
/** What becomes of the request, as far as this run waits for it: told to the runner, and fetched where it was signed. */
/** More reasons than a summary shows aren't asked for. */
const reasonsMax = 50;
/** → whether all is well: signed, or still on its way where nobody waits. */
async function followRequest(step, inputs, found) {
	const portal = portalOf(step, inputs);
	const view = inputs.wait === "poll" ? await outcome(step, portal, inputs, found) : await readRequest(portal, found.id, step);
	const signed = view.status === "completed" ? await signedFile(step, portal, inputs, view) : null;
	const isLost = isFinal(view) && view.status !== "completed";
	const { reasons, total } = isLost ? await readReasons(portal, view, reasonsMax, step) : {
		reasons: [],
		total: 0
	};
	tell.outcome(step, inputs, {
		view,
		found,
		reasons,
		total,
		signed
	});
	return !isLost;
}
/** Until it is decided. The summary is there from the beginning, so that a run which is cancelled has the link. */
async function outcome(step, portal, inputs, found) {
	return waitFor(portal, found.id, {
		timeoutSeconds: inputs.timeoutSeconds,
		signal: step.signal,
		onState(state) {
			if (state instanceof ClientError) {
				step.say(`The portal can’t be asked at the moment: ${state.message}`);
				return;
			}
			step.say(`${stateOf(state)}${state.summary === null || state.summary === "" ? "" : `: ${state.summary}`}`);
			if (!isFinal(state)) tell.outcome(step, inputs, {
				view: state,
				found,
				reasons: [],
				total: 0,
				signed: null
			});
		}
	});
}
async function signedFile(step, portal, { output }, view) {
	if (output === null) {
		const { release } = view;
		return release === null || release === void 0 ? null : {
			path: null,
			name: release.name,
			sha256: release.sha256
		};
	}
	const folder = path.resolve(step.folder, output);
	const { file, name, sha256 } = await downloadResumable(portal, {
		id: view.id,
		to: { folder },
		signal: step.signal,
		onProgress: progressOf(step)
	});
	step.say(`${file}: SHA-256 ${sha256}`);
	return {
		path: path.relative(step.folder, file),
		name,
		sha256
	};
}

// action/run-step.ts
/** One run of the Action: submits or attaches, tells the runner, and waits where that is asked for. → the exit status. */
/** As the command has them (docs/guides/command.md). */
const exitStatus = {
	refused: 1,
	usage: 2,
	waiting: 3,
	unreachable: 4,
	notSignedIn: 5,
	fault: 70,
	interrupted: 130
};
/** A runner that cancels sends SIGINT, kills after 7.5 seconds, and asks once more by SIGTERM before (actions/runner). */
const lastWordsMilliseconds = 5e3;
async function runStep(host) {
	const { env } = host;
	const interruption = new AbortController();
	const line = (text) => void host.stdout.write(`${text}\n`);
	const step = {
		environment: env,
		folder: host.cwd(),
		signal: interruption.signal,
		command: line,
		say: (text) => line(logLine(text)),
		made: null
	};
	const interrupt = () => {
		if (interruption.signal.aborted) return;
		interruption.abort();
		setTimeout(() => host.exit(exitStatus.interrupted), lastWordsMilliseconds).unref();
	};
	host.on("SIGINT", interrupt);
	host.on("SIGTERM", interrupt);
	try {
		const inputs = readInputs(env);
		for (const secret of secretsOf(inputs)) for (const mask of masks(secret)) line(mask);
		const found = await findRequest(step, inputs);
		step.made = found;
		tell.made(step, found);
		return await followRequest(step, inputs, found) ? 0 : exitStatus.refused;
	} catch (error) {
		return ended(step, error);
	} finally {
		host.off("SIGINT", interrupt);
		host.off("SIGTERM", interrupt);
	}
}
/** The runner hides what it knows to be secret itself; a value may come from elsewhere. */
const secretsOf = ({ token, task }) => [token, task.kind === "submit" ? task.bundleFrom?.token : null].filter((one) => typeof one === "string");
/** Says what went wrong, and how to go on with a request that is there. */
function ended(step, error) {
	const { status, title, text } = step.signal.aborted ? {
		status: exitStatus.interrupted,
		title: "Countersign: interrupted",
		text: "The step was cancelled."
	} : described(error);
	const goesOn = step.made === null || status === exitStatus.refused ? "" : `The request ${step.made.id} goes on without this run: ${step.made.url}. To go on with it, use request-id: ${step.made.id} in place of file, or run this job again.`;
	step.command(annotation(status === exitStatus.interrupted ? "warning" : "error", title, [text, goesOn].filter((one) => one !== "").join("\n")));
	if (error instanceof ClientError && error.problem !== null) tell.findings(step, error.problem.findings);
	return status;
}
function described(error) {
	if (isError(error, ActionError)) return {
		status: error.code === "INPUT" ? exitStatus.usage : exitStatus.unreachable,
		title: "Countersign",
		text: error.message
	};
	if (!isError(error, ClientError)) {
		const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
		return {
			status: exitStatus.fault,
			title: "Countersign",
			text: `A fault of the Action: ${what}. Please report it.`
		};
	}
	return {
		status: {
			USAGE: exitStatus.usage,
			FILE: exitStatus.refused,
			TIMEOUT: exitStatus.waiting,
			UNAVAILABLE: exitStatus.unreachable,
			UNREACHABLE: exitStatus.unreachable,
			ABORTED: exitStatus.interrupted,
			NOT_SIGNED_IN: exitStatus.notSignedIn,
			REFUSED: exitStatus.refused,
			NOT_A_PORTAL: exitStatus.refused,
			MISMATCH: exitStatus.refused
		}[error.code],
		title: `Countersign: ${error.problem?.code ?? error.code}`,
		text: inInputs(error.message)
	};
}

// action/main.ts
/** The step's program: runs, and has the runner told how it ended. */
process.exitCode = await runStep(process);

export {  };

// Python's pickle format, protocols 0 to 5 (CPython's pickletools.py describes each opcode), restricted to what state dicts are made of.
using System.Globalization;
using TResNet.Files;

namespace TResNet.Weights.Formats.PyTorch;

/// <summary>
/// Reads a pickle made of numbers, strings, tuples, lists, dicts and tensors. It runs nothing: every name that the file asks for is looked
/// up in <see cref="PickleGlobals"/>, and what any other would make is only written down, as a <see cref="PickleObject"/>.
/// </summary>
/// <remarks>
/// A pickle of n bytes makes at most about n values, and copies at most as many; both are bounded besides, so a file cannot make much of
/// little.
/// </remarks>
internal sealed class Unpickler
{
    /// <summary>The longest pickle: a network of thousands of layers takes a few hundred kilobytes, arrays beside it some megabytes.</summary>
    internal const long MaxBytes = 64 << 20;

    private const int MaxSteps = 1 << 20;
    private const int NewestProtocol = 5;

    private readonly FileBytes file;
    private readonly PickleInput input;
    private readonly List<object?> stack = [];
    private readonly List<int> marks = [];
    private readonly Dictionary<long, object?> memo = [];
    private readonly Dictionary<string, StorageReference> storages;
    private long steps;

    private Unpickler(FileBytes file, PickleInput input, Dictionary<string, StorageReference> storages)
    {
        this.file = file;
        this.input = input;
        this.storages = storages;
    }

    /// <summary>Reads one value, up to the pickle's end.</summary>
    /// <param name="file">The file, for messages.</param>
    /// <param name="input">Where the pickle begins.</param>
    /// <param name="storages">Gets every storage that the pickle refers to, by key.</param>
    /// <exception cref="TResNetException">The pickle is broken, endless, or asks for something that is no tensor container.</exception>
    internal static object? Load(
        FileBytes file,
        PickleInput input,
        Dictionary<string, StorageReference>? storages = null
    ) => new Unpickler(file, input, storages ?? []).Load();

    private object? Load()
    {
        while (true)
        {
            Charge(1);
            var code = (PickleOpcode)input.Byte();
            if (code == PickleOpcode.Stop)
            {
                return Pop();
            }

            if (PickleLiteral.TryRead(code, file, input, out var literal))
            {
                stack.Add(literal);
            }
            else if (!(Container(code) || Memory(code) || Naming(code)))
            {
                throw file.Broken(
                    $"its table of tensors holds the pickle opcode 0x{(byte)code:x2}, which no state dict needs"
                );
            }
        }
    }

    private bool Container(PickleOpcode code)
    {
        switch (code)
        {
            case PickleOpcode.Mark:
                marks.Add(stack.Count);
                break;
            case PickleOpcode.Pop:
                Pop();
                break;
            case PickleOpcode.Dup:
                stack.Add(Peek());
                break;
            case PickleOpcode.PopMark:
                PopToMark();
                break;
            case PickleOpcode.EmptyTuple:
                stack.Add(new PickleTuple([]));
                break;
            case PickleOpcode.Tuple1 or PickleOpcode.Tuple2 or PickleOpcode.Tuple3:
                stack.Add(new PickleTuple(Pop(code - PickleOpcode.Tuple1 + 1)));
                break;
            case PickleOpcode.Tuple:
                stack.Add(new PickleTuple(PopToMark()));
                break;
            // A set says as much as a list: nothing of the tensors.
            case PickleOpcode.EmptyList or PickleOpcode.EmptySet:
                stack.Add(new PickleList());
                break;
            case PickleOpcode.List or PickleOpcode.FrozenSet:
                var listed = new PickleList();
                listed.AddRange(PopToMark());
                stack.Add(listed);
                break;
            case PickleOpcode.Append:
                AddItems(Pop(1));
                break;
            case PickleOpcode.Appends or PickleOpcode.AddItems:
                AddItems(PopToMark());
                break;
            case PickleOpcode.EmptyDict:
                stack.Add(new PickleDict());
                break;
            case PickleOpcode.Dict:
                var pairs = PopToMark();
                stack.Add(new PickleDict());
                SetItems(pairs);
                break;
            case PickleOpcode.SetItem:
                SetItems(Pop(2));
                break;
            case PickleOpcode.SetItems:
                SetItems(PopToMark());
                break;
            default:
                return false;
        }

        return true;
    }

    /// <summary>Opcodes that frame the pickle, or store and fetch values.</summary>
    private bool Memory(PickleOpcode code)
    {
        switch (code)
        {
            case PickleOpcode.Proto:
                if (input.Byte() is > NewestProtocol and var protocol)
                {
                    throw file.Broken(
                        $"it is a pickle of protocol {protocol}, and {NewestProtocol} is the newest known"
                    );
                }

                break;
            case PickleOpcode.Frame:
                input.UInt64();
                break;
            case PickleOpcode.Put:
                memo[Index()] = Peek();
                break;
            case PickleOpcode.BinPut:
                memo[input.Byte()] = Peek();
                break;
            case PickleOpcode.LongBinPut:
                memo[input.UInt32()] = Peek();
                break;
            case PickleOpcode.Memoize:
                memo[memo.Count] = Peek();
                break;
            case PickleOpcode.Get:
                stack.Add(Recall(Index()));
                break;
            case PickleOpcode.BinGet:
                stack.Add(Recall(input.Byte()));
                break;
            case PickleOpcode.LongBinGet:
                stack.Add(Recall(input.UInt32()));
                break;
            default:
                return false;
        }

        return true;
    }

    /// <summary>Opcodes that name something and call it.</summary>
    private bool Naming(PickleOpcode code)
    {
        switch (code)
        {
            case PickleOpcode.Global:
                var module = input.Line();
                stack.Add(PickleGlobals.Find($"{module}.{input.Line()}"));
                break;
            case PickleOpcode.StackGlobal:
                stack.Add(
                    Pop(2) is [string owner, string member]
                        ? PickleGlobals.Find($"{owner}.{member}")
                        : throw file.Broken("it names something by what is no text")
                );
                break;
            case PickleOpcode.Instance:
                var package = input.Line();
                var instance = new PickleGlobal.Unknown($"{package}.{input.Line()}");
                stack.Add(Call(instance, new PickleTuple(PopToMark())));
                break;
            case PickleOpcode.Object:
                var made = PopToMark();
                stack.Add(Call(made.FirstOrDefault(), new PickleTuple([.. made.Skip(1)])));
                break;
            case PickleOpcode.Reduce or PickleOpcode.NewObject:
                var arguments = Pop();
                stack.Add(Call(Pop(), arguments));
                break;
            case PickleOpcode.NewObjectEx:
                var named = Pop(3);
                stack.Add(Call(named[0], named[1]));
                break;
            case PickleOpcode.Build:
                // A state dict carries what it says of itself as attributes, a tensor what a user hung on it: neither changes an element.
                var state = Pop();
                if (Peek() is PickleDict built)
                {
                    built.State = state;
                }
                else if (Peek() is not (PickleList or TensorReference))
                {
                    throw file.Broken("it gives attributes to something that has none");
                }

                break;
            case PickleOpcode.PersistentId:
                stack.Add(new PickleObject(input.Line(), []));
                break;
            case PickleOpcode.BinPersistentId:
                stack.Add(Storage(Pop()));
                break;
            default:
                return false;
        }

        return true;
    }

    private object? Call(object? callee, object? arguments)
    {
        if (arguments is not PickleTuple tuple)
        {
            throw file.Broken("it calls with what are no arguments");
        }

        switch (callee)
        {
            case PickleGlobal.Unknown unknown:
                return new PickleObject(unknown.Name, tuple.Items);
            // What a call to something unknown gave is unknown as well.
            case PickleObject placeholder:
                return new PickleObject(placeholder.ClassName, tuple.Items);
            case PickleGlobal.StorageType storage:
                return new PickleObject(storage.Type.ToString(), tuple.Items);
            case not PickleGlobal.Callable:
                throw file.Broken("it calls what cannot be called");
        }

        var callable = (PickleGlobal.Callable)callee;
        Charge(
            tuple.Items.Sum(i =>
                (long)(
                    i switch
                    {
                        PickleList list => list.Count,
                        PickleTuple inner => inner.Items.Length,
                        _ => 0,
                    }
                )
            )
        );
        return callable.Call(tuple.Items)
            ?? (
                tuple.Items.Any(IsUnknown)
                    ? new PickleObject(callable.Name, tuple.Items)
                    : throw file.Broken($"it calls {callable.Name} with arguments that do not fit")
            );
    }

    private static bool IsUnknown(object? value) =>
        value is PickleObject or PickleGlobal.Unknown or PickleTuple { Items: [PickleObject, ..] };

    /// <summary>('storage', class, key, device, elements), in the old format with (key, offset, elements) of a view, or None, behind.</summary>
    private object Storage(object? id)
    {
        // The old format keeps a module's class with its source code.
        if (id is PickleTuple { Items: ["module", PickleGlobal module, ..] })
        {
            return module;
        }

        // An element type that no network here has; a tensor over it is none either.
        if (id is PickleTuple { Items: ["storage", PickleGlobal.Unknown unknown, ..] })
        {
            return new PickleObject(unknown.Name, []);
        }

        if (
            id
            is not PickleTuple
            {
                Items: ["storage", PickleGlobal.StorageType type, string key, string, long count, .. var rest],
            }
        )
        {
            throw file.Broken("it refers to something that is no storage");
        }

        var storage = rest switch
        {
            [] or [null] => new StorageReference(type.Type, key, count, 0),
            [PickleTuple { Items: [_, long start, long] }] => new StorageReference(type.Type, key, count, start),
            _ => throw file.Broken($"its storage {FileText.Quote(key)} is not described as storages are"),
        };
        return
            storages.TryAdd(key, storage) || (storages[key].Type, storages[key].Count) == (storage.Type, storage.Count)
            ? storage
            : throw file.Broken($"its storage {FileText.Quote(key)} is described in two ways");
    }

    private void SetItems(object?[] items)
    {
        if (items.Length % 2 != 0)
        {
            throw file.Broken("it sets a key without a value");
        }

        var dict = Top<PickleDict>();
        for (var i = 0; i < items.Length; i += 2)
        {
            dict.Add(new(items[i], items[i + 1]));
        }
    }

    private void AddItems(object?[] items)
    {
        if (Peek() is PickleObject)
        {
            return;
        }

        Top<PickleList>().AddRange(items);
    }

    private long Index() =>
        long.TryParse(input.Line(), CultureInfo.InvariantCulture, out var index)
            ? index
            : throw file.Broken("it remembers something under what is no number");

    private object? Recall(long index) =>
        memo.TryGetValue(index, out var value) ? value : throw file.Broken("it recalls a value that it did not store");

    private T Top<T>()
        where T : class => Peek() as T ?? throw file.Broken("it adds to something that is no list and no dict");

    private object? Peek() => stack.Count > Floor ? stack[^1] : throw Empty();

    private object? Pop() => Pop(1)[0];

    private object?[] Pop(int count)
    {
        if (stack.Count - count < Floor)
        {
            throw Empty();
        }

        return Cut(stack.Count - count);
    }

    private object?[] PopToMark()
    {
        if (marks.Count == 0)
        {
            throw Empty();
        }

        var items = Cut(Floor);
        marks.RemoveAt(marks.Count - 1);
        return items;
    }

    private object?[] Cut(int from)
    {
        object?[] items = [.. stack[from..]];
        stack.RemoveRange(from, items.Length);
        return items;
    }

    private int Floor => marks.Count == 0 ? 0 : marks[^1];

    private TResNetException Empty() => file.Broken("it takes more values than it made");

    private void Charge(long count)
    {
        steps += count;
        if (steps > MaxSteps)
        {
            throw file.Broken($"its table of tensors takes more than {MaxSteps} steps to read");
        }
    }
}

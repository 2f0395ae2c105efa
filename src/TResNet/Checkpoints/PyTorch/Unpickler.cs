// Python's pickle format, protocols 2 to 5 (CPython's pickletools.py describes each opcode), restricted to what state dicts are made of.
using System.Text;

namespace TResNet.Checkpoints.PyTorch;

/// <summary>
/// Reads a pickle made of numbers, strings, tuples, lists, dicts and tensors. It runs nothing: every name that the file asks for is looked
/// up in <see cref="PickleGlobals"/>, and any other is refused by name.
/// </summary>
/// <remarks>
/// A pickle of n bytes makes at most about n values, and copies at most as many; both are bounded besides, so a file cannot make much of
/// little.
/// </remarks>
internal sealed class Unpickler
{
    /// <summary>The longest pickle: a network of thousands of layers takes a few hundred kilobytes.</summary>
    internal const long MaxBytes = 16 << 20;

    private const int MaxSteps = 1 << 20;
    private const int NewestProtocol = 5;
    private const int LongestInteger = sizeof(long);

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

            if (!(Literal(code) || Container(code) || Memory(code) || Naming(code)))
            {
                throw file.Broken(
                    $"its table of tensors holds the pickle opcode 0x{(byte)code:x2}, which no state dict needs"
                );
            }
        }
    }

    /// <summary>Opcodes that push a value of their own.</summary>
    private bool Literal(PickleOpcode code)
    {
        switch (code)
        {
            case PickleOpcode.None:
                stack.Add(null);
                break;
            case PickleOpcode.NewTrue:
                stack.Add(true);
                break;
            case PickleOpcode.NewFalse:
                stack.Add(false);
                break;
            case PickleOpcode.BinInt:
                stack.Add((long)input.Int32());
                break;
            case PickleOpcode.BinInt1:
                stack.Add((long)input.Byte());
                break;
            case PickleOpcode.BinInt2:
                stack.Add((long)input.UInt16());
                break;
            case PickleOpcode.Long1:
                stack.Add(Long(input.Byte()));
                break;
            case PickleOpcode.BinFloat:
                stack.Add(input.Double());
                break;
            case PickleOpcode.BinUnicode:
                stack.Add(input.Text(input.UInt32(), Encoding.UTF8));
                break;
            case PickleOpcode.ShortBinUnicode:
                stack.Add(input.Text(input.Byte(), Encoding.UTF8));
                break;
            case PickleOpcode.BinUnicode8:
                stack.Add(input.Text(input.UInt64(), Encoding.UTF8));
                break;
            // Python 2's strings.
            case PickleOpcode.BinString:
                stack.Add(input.Text(input.UInt32(), Encoding.Latin1));
                break;
            case PickleOpcode.ShortBinString:
                stack.Add(input.Text(input.Byte(), Encoding.Latin1));
                break;
            default:
                return false;
        }

        return true;
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
            case PickleOpcode.EmptyList:
                stack.Add(new PickleList());
                break;
            case PickleOpcode.List:
                var listed = new PickleList();
                listed.AddRange(PopToMark());
                stack.Add(listed);
                break;
            case PickleOpcode.Append:
                var item = Pop();
                Top<PickleList>().Add(item);
                break;
            case PickleOpcode.Appends:
                var items = PopToMark();
                Top<PickleList>().AddRange(items);
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
            case PickleOpcode.BinPut:
                memo[input.Byte()] = Peek();
                break;
            case PickleOpcode.LongBinPut:
                memo[input.UInt32()] = Peek();
                break;
            case PickleOpcode.Memoize:
                memo[memo.Count] = Peek();
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
                stack.Add(Named($"{module}.{input.Line()}"));
                break;
            case PickleOpcode.StackGlobal:
                stack.Add(
                    Pop(2) is [string owner, string member]
                        ? Named($"{owner}.{member}")
                        : throw file.Broken("it names something by what is no text")
                );
                break;
            case PickleOpcode.Instance:
                var package = input.Line();
                throw Refused($"{package}.{input.Line()}");
            case PickleOpcode.Reduce:
                var arguments = Pop();
                stack.Add(Call(Pop(), arguments));
                break;
            case PickleOpcode.Build:
                // A state dict carries its version numbers as attributes; they say nothing of the tensors.
                if (Pop() is not PickleDict || Peek() is not PickleDict)
                {
                    throw file.Broken("it gives attributes to something that has none");
                }

                break;
            case PickleOpcode.BinPersistentId:
                stack.Add(Storage(Pop()));
                break;
            default:
                return false;
        }

        return true;
    }

    private PickleGlobal Named(string name) => PickleGlobals.Find(name) ?? throw Refused(name);

    private TResNetException Refused(string name) =>
        new(
            $"{file.Path} asks for {FileText.Shorten(name)}, which is no tensor container, and nothing else is loaded from a file: open it in PyTorch where you trust it, and save its state dict alone."
        );

    private object? Call(object? callee, object? arguments)
    {
        if (callee is not PickleGlobal.Callable callable || arguments is not PickleTuple tuple)
        {
            throw file.Broken("it calls what cannot be called");
        }

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
            ?? throw file.Broken($"it calls {callable.Name} with arguments that do not fit");
    }

    /// <summary>('storage', class, key, device, elements), in the old format with (key, offset, elements) of a view, or None, behind.</summary>
    private StorageReference Storage(object? id)
    {
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

    private object Long(int bytes) =>
        bytes <= LongestInteger
            ? input.Integer(bytes)
            // Only the magic number is longer; it is known from the file's first bytes.
            : input.Text((ulong)bytes, Encoding.Latin1);

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

// States loaded from dictionaries and files: what fits, what does not, and what the message says.
using System.Text;
using TorchSharp;
using TorchSharp.Modules;
using static LibTorch.Tests.NN.Numbers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LibTorch.Tests.NN;

public sealed class StateTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("libtorch-state-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static Sequential Network() =>
        Sequential(("conv", Conv2d(1, 2, 2)), ("bn", BatchNorm2d(2)), ("fc", Linear(3, 2, hasBias: false)));

    [Fact]
    public void A_loaded_state_is_copied_in_the_modules_own_type()
    {
        using Linear source = Linear(2, 1, dtype: float64);
        using Linear target = Linear(2, 1);

        target.load_state_dict(source.state_dict());

        Equal(source.weight.data<double>().ToArray(), target.weight, 1e-7);
        Assert.Equal(float32, target.weight.dtype);
        Assert.True(target.weight.requires_grad);
    }

    [Fact]
    public void Missing_and_unexpected_names_are_listed()
    {
        using Sequential network = Network();
        Dictionary<string, Tensor> state = network.state_dict();
        state.Remove("bn.running_var");
        state.Add("head.weight", zeros(1));

        string message = Assert.Throws<InvalidOperationException>(() => network.load_state_dict(state)).Message;

        Assert.Equal(
            "The state does not fit Sequential. Missing (1): 'bn.running_var'. Unexpected (1): 'head.weight'.",
            message
        );
    }

    [Fact]
    public void Without_strictness_the_names_are_returned_and_the_rest_is_loaded()
    {
        using Sequential network = Network();
        Dictionary<string, Tensor> state = new() { ["bn.bias"] = tensor([3f, 4f]), ["other"] = zeros(1) };

        (IList<string> missing, IList<string> unexpected) = network.load_state_dict(state, strict: false);

        Assert.Equal(["other"], unexpected);
        Assert.Equal(network.state_dict().Keys.Except(["bn.bias"]), missing);
        Equal([3, 4], network.get_parameter("bn.bias")!);
    }

    [Fact]
    public void Skipped_names_are_neither_missing_nor_loaded()
    {
        using Linear linear = Linear(1, 1);
        using Linear other = Linear(1, 1);
        double before = linear.bias!.ToDouble();
        Dictionary<string, Tensor> state = other.state_dict();
        state.Remove("bias");

        linear.load_state_dict(state, skip: ["bias"]);

        Assert.Equal(before, linear.bias!.ToDouble());
        Assert.Equal(other.weight.ToDouble(), linear.weight.ToDouble());
    }

    [Fact]
    public void Other_shapes_are_named_and_nothing_is_loaded()
    {
        using Linear linear = Linear(2, 2);
        double[] before = Array.ConvertAll(linear.weight.data<float>().ToArray(), v => (double)v);
        Dictionary<string, Tensor> state = new() { ["weight"] = zeros(2, 2), ["bias"] = zeros(3) };

        string message = Assert.Throws<InvalidOperationException>(() => linear.load_state_dict(state)).Message;

        Assert.Equal("The state does not fit Linear. Other shapes (1): 'bias' is [2] here and [3] there.", message);
        Equal(before, linear.weight);
    }

    [Fact]
    public void A_long_list_of_names_is_cut()
    {
        using Sequential network = Sequential(Enumerable.Range(0, 6).Select(_ => Linear(1, 1)));

        string message = Assert.Throws<InvalidOperationException>(() => network.load_state_dict([])).Message;

        Assert.Contains("Missing (12): '0.weight'", message);
        Assert.EndsWith("and 4 more.", message);
    }

    [Fact]
    public void A_module_comes_back_from_its_file()
    {
        string path = Path.Combine(folder, "network.dat");
        using Sequential saved = Network();
        saved.get_buffer("bn.num_batches_tracked")!.fill_(7);
        using Sequential loaded = Network();
        Dictionary<string, bool> names = [];

        saved.save(path);
        loaded.load(path, loadedParameters: names);

        foreach ((string name, Tensor tensor) in saved.state_dict())
        {
            Assert.True(tensor.Equals(loaded.state_dict()[name]), name);
        }

        Assert.Equal(saved.state_dict().Keys, names.Keys);
        Assert.Equal([path], Directory.GetFiles(folder));
    }

    [Fact]
    public void The_file_format_is_torchsharps()
    {
        // The number of entries; per entry the name (its length first), type 7 (Float64), rank, sizes and the elements.
        using Linear linear = Linear(2, 1, hasBias: false, dtype: float64);
        using (no_grad())
        {
            linear.weight.copy_(tensor([0.5, -2], [1, 2]));
        }

        MemoryStream stream = new();
        linear.save(stream);

        byte[] expected =
        [
            1,
            6,
            .. "weight"u8,
            7,
            2,
            1,
            2,
            .. BitConverter.GetBytes(0.5),
            .. BitConverter.GetBytes(-2.0),
        ];
        Assert.Equal(expected, stream.ToArray());
    }

    [Fact]
    public void A_state_in_another_memory_format_is_saved_in_row_major_order()
    {
        using Conv2d conv = Conv2d(2, 1, 2, bias: false);
        MemoryStream before = new();
        conv.save(before);
        using Tensor strided = conv.weight.detach().permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
        Assert.False(strided.is_contiguous());
        conv.weight = Parameter(strided.alias());
        MemoryStream after = new();
        conv.save(after);

        Assert.Equal(before.ToArray(), after.ToArray());
    }

    [Fact]
    public void Sizes_of_several_bytes_and_large_tensors_round_trip()
    {
        using Linear saved = Linear(300, 200);
        using Linear loaded = Linear(300, 200);
        MemoryStream stream = new();

        saved.save(stream);
        loaded.load(new MemoryStream(stream.ToArray()));

        Assert.True(saved.weight.Equals(loaded.weight));
    }

    [Fact]
    public void Skipped_names_stay_out_of_the_file_and_out_of_the_module()
    {
        using Linear saved = Linear(1, 1);
        using Linear loaded = Linear(1, 1);
        double before = loaded.bias!.ToDouble();
        MemoryStream all = new();
        MemoryStream weightOnly = new();
        saved.save(all);
        saved.save(weightOnly, skip: ["bias"]);

        loaded.load(new MemoryStream(all.ToArray()), skip: ["bias"]);
        loaded.load(new MemoryStream(weightOnly.ToArray()), strict: false);

        Assert.Equal(before, loaded.bias!.ToDouble());
        Assert.Equal(saved.weight.ToDouble(), loaded.weight.ToDouble());
        Assert.Contains(
            "Missing (1): 'bias'",
            Assert.Throws<InvalidOperationException>(() => loaded.load(new MemoryStream(weightOnly.ToArray()))).Message
        );
    }

    [Fact]
    public void Another_modules_file_changes_nothing_and_says_what_differs()
    {
        using Sequential network = Network();
        using Linear other = Linear(3, 2);
        MemoryStream stream = new();
        other.save(stream);

        string message = Assert
            .Throws<InvalidOperationException>(() => network.load(new MemoryStream(stream.ToArray())))
            .Message;

        Assert.Contains("'conv.weight'", message);
        Assert.Contains("Unexpected (2): 'weight', 'bias'.", message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(20)]
    public void A_truncated_file_changes_nothing_and_gives_one_sentence(int length)
    {
        using Linear linear = Linear(2, 2);
        double[] before = Array.ConvertAll(linear.weight.data<float>().ToArray(), v => (double)v);
        using Linear other = Linear(2, 2);
        MemoryStream stream = new();
        other.save(stream);

        string message = Assert
            .Throws<InvalidDataException>(() => linear.load(new MemoryStream(stream.ToArray()[..length])))
            .Message;

        Assert.Contains("truncated", message);
        Equal(before, linear.weight);
    }

    [Fact]
    public void Sizes_that_lie_are_refused_before_anything_is_allocated()
    {
        using Linear linear = Linear(1, 1);
        MemoryStream Lying(params long[] shape)
        {
            MemoryStream stream = new();
            using BinaryWriter writer = new(stream, Encoding.UTF8, leaveOpen: true);
            writer.Write((byte)1);
            writer.Write("weight");
            writer.Write((byte)7);
            writer.Write7BitEncodedInt64(shape.Length);
            foreach (long size in shape)
            {
                writer.Write7BitEncodedInt64(size);
            }

            writer.Flush();
            return new MemoryStream(stream.ToArray());
        }

        string Refused(MemoryStream stream) => Assert.Throws<InvalidDataException>(() => linear.load(stream)).Message;

        Assert.Contains("too large", Refused(Lying(1L << 40, 1L << 40)));
        Assert.Contains("dimensions", Refused(Lying(new long[100])));
        Assert.Contains("truncated", Refused(Lying(1L << 40)));
        Assert.Contains("truncated", Refused(new MemoryStream(Encoding.ASCII.GetBytes("PK not a state at all"))));
    }

    [Fact]
    public void A_file_that_is_not_there_is_named() =>
        Assert.Contains(
            "nowhere.dat",
            Assert.Throws<FileNotFoundException>(() => Linear(1, 1).load(Path.Combine(folder, "nowhere.dat"))).Message
        );

    [Fact]
    public void A_save_that_fails_leaves_the_old_file_as_it_was()
    {
        string path = Path.Combine(folder, "network.dat");
        Linear linear = Linear(1, 1);
        linear.save(path);
        byte[] before = File.ReadAllBytes(path);
        linear.weight.Dispose();

        Assert.Throws<ObjectDisposedException>(() => linear.save(path));

        Assert.Equal(before, File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFiles(folder));
    }

    [Fact]
    public void Single_tensors_are_saved_and_loaded()
    {
        MemoryStream stream = new();
        Ramp(2, 2).Save(stream);
        byte[] bytes = stream.ToArray();
        using Tensor loaded = TensorExtensionMethods.Load(new BinaryReader(new MemoryStream(bytes)));
        using Tensor into = zeros([2, 2], float64);
        into.Load(new BinaryReader(new MemoryStream(bytes)));

        Equal([0, 1, 2, 3], loaded);
        Equal([0, 1, 2, 3], into);
        Assert.Contains(
            "Float32 [2]",
            Assert.Throws<ArgumentException>(() => zeros(2).Load(new BinaryReader(new MemoryStream(bytes)))).Message
        );
    }
}

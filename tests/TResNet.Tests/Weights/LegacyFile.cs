using TResNet.Weights.Formats.PyTorch;
using static TorchSharp.torch;

namespace TResNet.Tests.Weights;

/// <summary>torch.save's format before PyTorch 1.6, which is only read here, so a test writes it itself.</summary>
internal static class LegacyFile
{
    internal static byte[] Write(nn.Module module)
    {
        using var file = new MemoryStream();
        file.Write(LegacyContainer.Magic);
        file.Write(new PickleBuilder().Integer(1001).End());
        file.Write(
            new PickleBuilder()
                .Op(PickleOpcode.EmptyDict)
                .Text("little_endian")
                .Op(PickleOpcode.NewTrue)
                .Op(PickleOpcode.SetItem)
                .End()
        );
        var content = new PickleBuilder().Op(PickleOpcode.EmptyDict);
        var keys = new PickleBuilder().Op(PickleOpcode.EmptyList);
        var state = module.state_dict();
        foreach (var (name, tensor) in state)
        {
            content
                .Text(name)
                .Tensor(
                    tensor.shape,
                    tensor.stride(),
                    count: tensor.numel(),
                    key: name,
                    type: tensor.dtype == ScalarType.Int64 ? "LongStorage" : "FloatStorage"
                )
                .Op(PickleOpcode.SetItem);
            keys.Text(name).Op(PickleOpcode.Append);
        }

        file.Write(content.End());
        file.Write(keys.End());
        foreach (var tensor in state.Values)
        {
            file.Write(BitConverter.GetBytes(tensor.numel()));
            file.Write(tensor.detach().bytes);
        }

        return file.ToArray();
    }
}
